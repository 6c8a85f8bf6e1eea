import { expect, test } from 'vitest'
import { begin, due, progressOf, takeIn } from './course.ts'
import { waitSeconds } from './evict.ts'
import type { PodOnNode } from './pod.ts'

function pod(name: string, change: Partial<PodOnNode> = {}): PodOnNode {
  return {
    ...{ namespace: 'shop', name, uid: name, labels: {}, owner: undefined, phase: 'Running', ready: true },
    ...{ mirror: false, emptyDir: false, toleratesCordon: false, finalizers: [], endsBy: undefined },
    ...change,
  }
}

test('a pod that comes late is moved, too, unless it would come back for ever', () => {
  const stubborn = { toleratesCordon: true }
  const course = begin([pod('a'), pod('b', stubborn)])
  const letBe = takeIn(course, [pod('c'), pod('d', stubborn)])
  expect(letBe.map(({ pod }) => pod)).toEqual(['shop/d'])
  expect([...course.moving.keys()]).toEqual(['c'])
  expect(course.gone).toBe(2)
})

test('a pod that is ending is left to it, unless it is to end sooner', () => {
  const course = begin([pod('a', { endsBy: new Date(60_000) })])
  expect(due(course, 0, undefined)).toEqual([])
  expect(due(course, 0, 5)).toHaveLength(1)
})

test('what a pod waits for is said', () => {
  const endsBy = new Date(60_000)
  const course = begin([pod('a', { endsBy }), pod('b', { endsBy, finalizers: ['batch.kubernetes.io/x'] })])
  expect(progressOf(course, 0).waiting[0]).toEqual({
    pod: 'shop/a',
    reason: 'is ending, by 1970-01-01T00:01:00Z at the latest',
  })
  expect(progressOf(course, 60_001).waiting.map(({ reason }) => reason)).toEqual([
    'should have ended by 1970-01-01T00:01:00Z, but its kubelet has not said that it did',
    'should have ended by 1970-01-01T00:01:00Z, but is kept by batch.kubernetes.io/x',
  ])
})

test.each([
  [1, 0, 1],
  [3, 0, 4],
  [50, 0, 10],
  [1, 30, 30],
  [1, 3600, 60],
])('after %i refusals, asked to wait %i seconds, a pod waits %i', (refusals, asked, seconds) => {
  expect(waitSeconds(refusals, asked)).toBe(seconds)
})
