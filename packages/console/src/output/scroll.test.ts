import { expect, test } from 'vitest'
import { barAt, heightOf, ROW, topAfter } from './scroll.ts'

const view = 400
const huge = { view, count: 5_000_000 }

test('a log that fits is scrolled pixel by pixel', () => {
  expect(heightOf(1_000)).toBe(1_000 * ROW)
  expect(topAfter({ top: 0, from: 0, to: 210, view, count: 1_000 })).toBe(10.5)
  expect(barAt(10.5, { view, count: 1_000 })).toBe(210)
})

test('in five million lines a turn of the wheel moves a few lines, and the bar reaches every part', () => {
  expect(heightOf(huge.count)).toBeLessThan(16_000_000)
  expect(topAfter({ ...huge, top: 2_000_000, from: 3_000_000, to: 3_000_100 })).toBe(2_000_005)
  expect(topAfter({ ...huge, top: 0, from: 0, to: heightOf(huge.count) / 2 })).toBeCloseTo(2_500_115, -3)
})

test('the first and the last line are reached however one came there', () => {
  expect(topAfter({ ...huge, top: 77, from: 40, to: 0 })).toBe(0)
  const end = heightOf(huge.count) - view
  expect(topAfter({ ...huge, top: 3, from: end - 40, to: end })).toBe(huge.count - view / ROW)
  expect(barAt(huge.count - view / ROW, huge)).toBe(end)
})
