import { expect, test } from 'vitest'
import { layersOf } from './layers.ts'
import type { Operation, Plan, Step } from './queries.ts'
import { scheduleOf } from './schedule.ts'

const ZERO = Date.parse('2026-01-01T00:00:00Z')
const at = (second: number) => new Date(ZERO + second * 1000).toISOString()
const step = (name: string, state: string, more: Partial<Step> = {}) =>
  ({ name, title: name, state, nodes: [], attempt: 1, run: '', note: '', ...more }) as Step
const planned = (name: string, minutes: number, needs: string[] = []) => ({
  ...{ name, needs, expectedMinutes: minutes, atMostMinutes: minutes * 2 },
})
const plan = {
  steps: [planned('check', 1), planned('prepare', 2, ['check']), planned('join', 1, ['prepare'])],
} as Plan

test('what ran stands where it was, what waits stands after what it needs', () => {
  const operation = {
    startedAt: at(0),
    steps: [
      step('check', 'succeeded', { startedAt: at(2), endedAt: at(32) }),
      step('prepare', 'running', { startedAt: at(32) }),
      step('join', 'pending', { attempt: 0 }),
    ],
  } as Operation
  const { rows, length } = scheduleOf(operation, plan, ZERO + 62_000)
  expect(rows.map(({ from, took, expected }) => [from, took, expected])).toEqual([
    [2, 30, 60],
    [32, 30, 120],
    [152, undefined, 60],
  ])
  expect(length).toBe(212)
})

test('a step is late when nine of ten such steps were done by now', () => {
  const running = (second: number) =>
    scheduleOf(
      { startedAt: at(0), steps: [step('check', 'running', { startedAt: at(0) })] } as Operation,
      plan,
      ZERO + second * 1000,
    ).rows[0]?.isLate
  expect([running(119), running(121)]).toEqual([false, true])
})

test('without a plan and before it began there is nothing to draw wrongly', () => {
  const { rows, length } = scheduleOf({ steps: [step('check', 'pending')] } as Operation, undefined, ZERO)
  expect(rows).toMatchObject([{ from: 0, took: undefined, expected: 0 }])
  expect(length).toBe(1)
})

test('a step stands below all that it needs, and a way that another implies is not drawn', () => {
  const steps = [
    { name: 'check', needs: [] },
    { name: 'prepare', needs: ['check'] },
    { name: 'network', needs: ['prepare'] },
    { name: 'workers', needs: ['prepare', 'check'] },
    { name: 'ready', needs: ['network', 'workers', 'gone'] },
  ]
  expect(layersOf(steps)).toEqual([
    { name: 'check', layer: 0, place: 0, needs: [] },
    { name: 'prepare', layer: 1, place: 0, needs: ['check'] },
    { name: 'network', layer: 2, place: 0, needs: ['prepare'] },
    { name: 'workers', layer: 2, place: 1, needs: ['prepare'] },
    { name: 'ready', layer: 3, place: 0, needs: ['network', 'workers'] },
  ])
})
