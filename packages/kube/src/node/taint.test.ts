import { expect, test } from 'vitest'
import { changedTaints } from './taint.ts'

const theirs = { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute', timeAdded: new Date(0) }
const gpu = { key: 'gpu', value: 'a', effect: 'NoSchedule' }

test('a taint that is there already changes nothing, and neither does removing one that is not', () => {
  expect(changedTaints([theirs, gpu], { set: [gpu], remove: [{ key: 'other' }] })).toBeUndefined()
})

test('a taint gets another value and others are added, while those of others stay as they were', () => {
  const set = [
    { ...gpu, value: 'b' },
    { ...gpu, effect: 'NoExecute' },
  ]
  expect(changedTaints([theirs, gpu], { set, remove: [] })).toEqual([theirs, ...set])
})

test('a taint is removed by key and effect, or by key with all its effects', () => {
  const both = [gpu, { ...gpu, effect: 'NoExecute' }]
  const one = { set: [], remove: [{ key: 'gpu', effect: 'NoExecute' }] }
  expect(changedTaints([theirs, ...both], one)).toEqual([theirs, gpu])
  expect(changedTaints([theirs, ...both], { set: [], remove: [{ key: 'gpu' }] })).toEqual([theirs])
})

test('a taint that is removed by its key and set with one effect keeps that one', () => {
  const both = [gpu, { ...gpu, effect: 'NoExecute' }]
  expect(changedTaints(both, { set: [gpu], remove: [{ key: 'gpu' }] })).toEqual([gpu])
})
