import { expect, test } from 'vitest'
import { CHUNK, keepLines } from './kept-lines.ts'
import type { Line } from './line.ts'

const line = (sequence: number, more: Partial<Line> = {}): Line => ({
  ...{ sequence, at: 0, host: '', task: '', kind: 'line', text: `line ${sequence}` },
  ...more,
})
const texts = (lines: readonly (Line | undefined)[]) => lines.map((one) => one?.text)

test('a line that was heard before is left out, so that a connection that comes again repeats none', () => {
  const kept = keepLines()
  expect([1, 2, 2, 1, 3].map((sequence) => kept.hear('a', line(sequence)))).toEqual([
    true,
    true,
    false,
    false,
    true,
  ])
  expect(texts(kept.read('a', 1, 10))).toEqual(['line 1', 'line 2', 'line 3'])
  expect(kept.hear('b', line(1))).toBe(true)
})

test('after a reload the number of lines is known, and those before it have to be read', () => {
  const kept = keepLines([['a', { last: 7, firstError: 0, hosts: {} }]])
  kept.hear('a', line(8))
  expect(texts(kept.read('a', 6, 5))).toEqual([undefined, undefined, 'line 8'])
  kept.fill('a', [line(6), line(7)])
  expect(texts(kept.read('a', 6, 5))).toEqual(['line 6', 'line 7', 'line 8'])
})

test('of a million lines only the last are kept, and what is read again pushes out the oldest', () => {
  const kept = keepLines()
  for (let sequence = 1; sequence <= 1_000_000; sequence++) kept.hear('a', line(sequence))
  expect(kept.heard.get('a')?.last).toBe(1_000_000)
  expect(texts(kept.read('a', 999_999, 9))).toEqual(['line 999999', 'line 1000000'])
  expect(texts(kept.read('a', 1, 1))).toEqual([undefined])
  kept.fill('a', [line(1)])
  expect(texts(kept.read('a', 1, 1))).toEqual(['line 1'])
  expect(texts(kept.read('a', 1_000_000 - 199 * CHUNK + 1, 1))).not.toContain(undefined)
})

test('the first error of a run and of each host is remembered', () => {
  const kept = keepLines()
  kept.hear('a', line(1, { host: 'web-1', task: 'Look' }))
  kept.hear('a', line(2, { host: 'web-2', task: 'Look', kind: 'failed' }))
  kept.hear('a', line(3, { host: 'web-2', task: 'Look', kind: 'unreachable' }))
  expect(kept.heard.get('a')).toEqual({
    last: 3,
    firstError: 2,
    hosts: { 'web-1': { task: 'Look', failedAt: 0 }, 'web-2': { task: 'Look', failedAt: 2 } },
  })
})
