import { expect, it } from 'vitest'
import { readRange } from './range.ts'

it.each([
  [undefined, 100, 'whole'],
  ['bytes=0-0', 100, { first: 0, last: 0 }],
  ['bytes=10-', 100, { first: 10, last: 99 }],
  ['bytes=10-500', 100, { first: 10, last: 99 }],
  ['bytes=-10', 100, { first: 90, last: 99 }],
  ['bytes=-500', 100, { first: 0, last: 99 }],
  ['bytes=-0', 100, 'unsatisfiable'],
  ['bytes=100-', 100, 'unsatisfiable'],
  ['bytes=0-', 0, 'unsatisfiable'],
  ['bytes=5-4', 100, 'whole'],
  ['bytes=-', 100, 'whole'],
  ['bytes=0-1,5-6', 100, 'whole'],
  ['items=0-1', 100, 'whole'],
] as const)('reads %s of %i bytes as %j', (header, bytes, wanted) => {
  expect(readRange(header, bytes)).toEqual(wanted)
})
