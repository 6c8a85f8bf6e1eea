import { expect, test } from 'vitest'
import { readable } from './line.ts'
import { wordsOf } from './words.ts'

test('text of a host can not steer a terminal, and is not endless', () => {
  expect(readable('\u001b[31mred\u001b[0m\u0007 tab\tstays\r')).toBe('red tab\tstays')
  expect(readable('x'.repeat(10_000))).toMatch(/^x{8192} … \(10000 characters\)$/)
})

test('a failure shows its message line by line before what was printed', () => {
  const event = {
    type: 'host',
    host: 'web-1',
    task: 'Install',
    state: 'failed',
    seconds: 1,
    lines: ['printed'],
    message: 'one\ntwo\n',
  } as const
  const said = wordsOf({ ...event, lines: [...event.lines] }, false).map(({ kind, text }) => [kind, text])
  expect(said).toEqual([
    ['failed', 'one'],
    ['failed', 'two'],
    ['line', 'printed'],
  ])
})

test('a quiet run tells tasks and how they went, and what was printed only where it did not go well', () => {
  const event = {
    type: 'host',
    host: 'web-1',
    task: 'Facts',
    state: 'ok',
    seconds: 1.26,
    lines: ['{}'],
  } as const
  expect(wordsOf({ ...event, lines: [...event.lines] }, true).map(({ text }) => text)).toEqual(['1.3 s'])
  expect(wordsOf({ type: 'line', text: 'printed' }, true)).toEqual([])
})
