import { expect, test } from 'vitest'
import { differenceOf } from './spec-diff.ts'

test('what differs is told line by line with three lines around it, and what lies between is only counted', () => {
  const lines = Array.from({ length: 20 }, (_, at) => `key${at}: 1`)
  const changed = lines.map((line) => (line === 'key10: 1' ? 'key10: 2' : line))
  const { added, removed, parts } = differenceOf(lines.join('\n'), [...changed, 'last: 1'].join('\n'))
  expect([added, removed]).toEqual([2, 1])
  expect(parts.map(({ skipped }) => skipped)).toEqual([7, 3])
  expect(parts[0]?.lines.filter(({ kind }) => kind !== 'same')).toEqual([
    { kind: 'removed', text: 'key10: 1', before: 11, after: undefined },
    { kind: 'added', text: 'key10: 2', before: undefined, after: 11 },
  ])
  expect(parts[0]?.lines[0]).toEqual({ kind: 'same', text: 'key7: 1', before: 8, after: 8 })
  expect(parts[1]?.lines.at(-1)).toEqual({ kind: 'added', text: 'last: 1', before: undefined, after: 21 })
})

test('two texts that are the same differ in nothing', () => {
  expect(differenceOf('a: 1\n', 'a: 1\n')).toEqual({ added: 0, removed: 0, parts: [] })
})
