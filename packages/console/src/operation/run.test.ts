import { expect, test } from 'vitest'
import type { Operation, Step } from './queries.ts'
import { runsOf, stepInTrouble, stepOfNow } from './run.ts'

const step = (name: string, more: Partial<Step> = {}): Step => ({
  ...{ name, title: name, state: 'pending', nodes: [], attempt: 0, run: '', note: '' },
  ...more,
})
const operation = (state: string, steps: Step[]) => ({ state, steps }) as Operation
const failure = { code: 'Failed', message: 'no', host: 'web-1', task: '', hint: '', retryable: true }
const startedAt = (second: number) => new Date(second * 1000).toISOString()

test('every attempt of a step has output of its own', () => {
  expect(runsOf(step('join', { run: 'o1.join.3', attempt: 3 }))).toEqual([
    { attempt: 1, run: 'o1.join.1' },
    { attempt: 2, run: 'o1.join.2' },
    { attempt: 3, run: 'o1.join.3' },
  ])
  expect(runsOf(step('note', { attempt: 1 }))).toEqual([])
})

test('the step of now is what failed, else what runs, else what ran last', () => {
  const done = step('check', { state: 'succeeded', run: 'o.check.1', attempt: 1, startedAt: startedAt(1) })
  const running = step('join', { state: 'running', run: 'o.join.1', attempt: 1, startedAt: startedAt(2) })
  const failed = { ...running, state: 'failed', failure }
  const later = step('last', { state: 'cancelled', run: 'o.last.1', attempt: 1, startedAt: startedAt(3) })
  expect(stepOfNow(operation('running', [done, running]))?.name).toBe('join')
  expect(stepOfNow(operation('failed', [done, failed, later]))?.name).toBe('join')
  expect(stepOfNow(operation('succeeded', [done, step('note')]))?.name).toBe('check')
  expect(stepOfNow(operation('queued', []))).toBe(undefined)
})

test('a step that waits for its next try is trouble before anything has failed for good', () => {
  const waiting = step('join', { failure, retryAt: startedAt(9) })
  expect(stepInTrouble(operation('running', [waiting]))?.name).toBe('join')
  expect(stepInTrouble(operation('running', [step('join')]))).toBe(undefined)
})
