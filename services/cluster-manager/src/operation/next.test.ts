import { expect, test } from 'vitest'
import { operationMayMove, stepMayMove } from './lifecycle.ts'
import { next } from './next.ts'
import { type Failure, noWishes, type Operation, type Step, type StepState } from './operation.ts'

const now = new Date('2026-01-01T00:00:00Z')
const failure: Failure = { code: 'Invalid', message: 'no', host: '', task: '', hint: '', retryable: false }

function step(name: string, state: StepState, needs: string[] = [], more: Partial<Step> = {}): Step {
  return {
    ...{ name, state, needs, title: name, nodes: [], attempt: 0, tries: 0, run: '', note: '' },
    ...{ retryAt: undefined, failure: undefined, startedAt: undefined, endedAt: undefined, ...more },
  }
}
function operation(steps: Step[], cancelling = false): Operation {
  return {
    ...{ id: 'o', project: 'p', cluster: 'c', clusterName: 'c', kind: 'create-cluster', state: 'running' },
    ...{ turn: 1, queuedBehind: '', waits: '' },
    ...{
      cancelling,
      pausing: false,
      undoing: false,
      wishes: noWishes,
      reason: '',
      steps,
      failure: undefined,
    },
    ...{
      createdBy: '',
      version: 1,
      createdAt: now,
      startedAt: now,
      endedAt: undefined,
      planDigest: '',
      leftBehind: [],
    },
  }
}
const names = (steps: Step[]) => steps.map(({ name }) => name)
const decide = (steps: Step[], here: string[] = [], cancelling = false) =>
  next(operation(steps, cancelling), new Set(here), now)

test('everything whose needs are met starts at once', () => {
  const move = decide([
    step('a', 'succeeded'),
    step('b', 'pending', ['a']),
    step('c', 'pending', ['a']),
    step('d', 'pending', ['b']),
  ])
  expect([names(move.start), move.end]).toEqual([['b', 'c'], undefined])
})

test('what runs according to its row but not here is adopted', () => {
  expect(names(decide([step('a', 'running'), step('b', 'running')], ['b']).adopt)).toEqual(['a'])
})

test('a retry waits for its time, and nothing ends meanwhile', () => {
  const retryAt = new Date(now.getTime() + 1000)
  const move = decide([step('a', 'pending', [], { retryAt, failure })])
  expect(move).toEqual({ start: [], adopt: [], lookAt: retryAt, end: undefined })
  expect(names(decide([step('a', 'pending', [], { retryAt: now })]).start)).toEqual(['a'])
})

test('after a failure nothing more starts, what runs comes to its end, and the first failure is kept', () => {
  const early = step('a', 'failed', [], { failure, endedAt: new Date(1) })
  const late = step('b', 'failed', [], { failure: { ...failure, message: 'later' }, endedAt: new Date(2) })
  expect(decide([late, early, step('c', 'running'), step('d', 'pending')], ['c'])).toMatchObject({
    start: [],
    end: undefined,
  })
  expect(decide([late, early, step('d', 'pending')]).end).toEqual({ state: 'failed', failure })
})

test('a cancelled operation starts nothing and ends when nothing runs any more', () => {
  expect(decide([step('a', 'running'), step('b', 'pending')], ['a'], true)).toMatchObject({
    start: [],
    end: undefined,
  })
  expect(decide([step('a', 'cancelled'), step('b', 'pending')], [], true).end?.state).toBe('cancelled')
  expect(decide([step('a', 'succeeded')], [], true).end?.state).toBe('succeeded')
})

test('whatever happens to the steps of a random graph, an operation always moves or ends', () => {
  let seed = 7
  const dice = (sides: number) => {
    seed = (seed * 16_807) % 2_147_483_647
    return seed % sides
  }
  for (let round = 0; round < 500; round++) {
    const steps = Array.from({ length: 1 + dice(8) }, (_, at) =>
      step(
        `s${at}`,
        'pending',
        Array.from({ length: at }, (_, need) => `s${need}`).filter(() => dice(3) === 0),
      ),
    )
    for (let turn = 0; ; turn++) {
      const running = steps.filter(({ state }) => state === 'running').map(({ name }) => name)
      const { start, end } = decide(steps, running)
      if (end) break
      expect(start.length + running.length).toBeGreaterThan(0)
      expect(turn).toBeLessThan(100)
      for (const one of start) one.state = 'running'
      const [one] = steps.filter(({ state }) => state === 'running').sort(() => dice(3) - 1)
      if (one)
        Object.assign(
          one,
          dice(5) === 0 ? { state: 'failed', failure, endedAt: now } : { state: 'succeeded' },
        )
    }
  }
})

test('what has succeeded or is undone never moves again by itself, and what rests only when a person says so', () => {
  const operations = ['planned', 'running', 'paused', 'succeeded', 'failed', 'cancelled', 'undone'] as const
  const steps = ['pending', 'running', 'succeeded', 'failed', 'cancelled', 'skipped', 'undone'] as const
  for (const ended of ['succeeded', 'undone'] as const)
    expect(operations.filter((to) => operationMayMove(ended, to))).toEqual([])
  for (const resting of ['failed', 'cancelled', 'paused'] as const)
    expect(operations.filter((to) => operationMayMove(resting, to))).toEqual(['running'])
  expect(steps.filter((to) => stepMayMove('undone', to))).toEqual([])
  expect(steps.filter((to) => stepMayMove('cancelled', to))).toEqual(['pending', 'skipped'])
})

const backward = (steps: Step[]) => next({ ...operation(steps), undoing: true }, new Set(), now)

test('undoing takes the last back first, passes over what never began, and ends undone', () => {
  const touched = { attempt: 1 }
  const a = step('a', 'pending', [], touched)
  const b = step('b', 'pending', ['a'], touched)
  const c = step('c', 'pending', ['a'], touched)
  const d = step('d', 'pending', ['b', 'c'])
  expect(names(backward([a, b, c, d]).start)).toEqual(['b', 'c'])
  const undone = (one: Step): Step => ({ ...one, state: 'undone' })
  expect(names(backward([a, undone(b), c, d]).start)).toEqual(['c'])
  expect(names(backward([a, undone(b), undone(c), d]).start)).toEqual(['a'])
  expect(backward([undone(a), undone(b), undone(c), d]).end?.state).toBe('undone')
})

test('pausing starts nothing more, waits for what runs, and a finished operation is finished all the same', () => {
  const pause = (steps: Step[], here: string[] = []) =>
    next({ ...operation(steps), pausing: true }, new Set(here), now)
  expect(pause([step('a', 'running'), step('b', 'pending')], ['a'])).toMatchObject({
    start: [],
    end: undefined,
  })
  expect(pause([step('a', 'succeeded'), step('b', 'pending', ['a'])]).end?.state).toBe('paused')
  expect(pause([step('a', 'succeeded')]).end?.state).toBe('succeeded')
})

test('a skipped step counts as done for those that need it', () => {
  expect(names(decide([step('a', 'skipped'), step('b', 'pending', ['a'])]).start)).toEqual(['b'])
})
