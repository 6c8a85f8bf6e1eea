import { invalid } from '@slipway/errors'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EngineSite, meansFrom, type Steps, startEngineSite } from '../../test/engine-site.ts'
import { cancelOperation, pauseOperation } from './hold.ts'
import type { Operation } from './operation.ts'
import { resumeOperation, skipStep, undoOperation } from './resume.ts'

let site: EngineSite
beforeAll(async () => {
  site = await startEngineSite()
})
afterAll(() => site.stop())

const broken = async () => {
  throw invalid([{ field: 'host a', message: 'has no disk', hint: 'Give it one.' }])
}
const stateOf = ({ steps }: Operation) => steps.map(({ name, state }) => `${name} ${state}`)
const at = ({ project, id }: Operation) => ({ project, id })
const depsOf = (steps: Steps) => ({
  ...{ db: site.db, now: () => new Date(), onMoved: async () => {}, meansOf: meansFrom(steps) },
})
const comesTo = (operation: Operation, state: Operation['state']) =>
  site.until(operation.id, (one) => one.state === state)

test('a failed operation is taken back, the last step first, and only what has begun', async () => {
  const done: string[] = []
  const steps: Steps = {
    a: { work: async () => void done.push('a'), undo: async () => void done.push('not a') },
    b: { work: async () => void done.push('b') },
    c: { work: broken, undo: async ({ attempt }) => void done.push(`not c ${attempt}`) },
    d: { work: broken, undo: async () => void done.push('not d') },
  }
  const engine = await site.replica(steps)
  const operation = await site.plan({ a: [], b: ['a'], c: ['b'], d: ['c'] })
  await comesTo(operation, 'failed')
  await undoOperation(depsOf(steps), at(operation))
  site.committed()
  const undone = await comesTo(operation, 'undone')
  expect(done).toEqual(['a', 'b', 'not c 2', 'not a'])
  expect(stateOf(undone)).toEqual(['a undone', 'b undone', 'c undone', 'd pending'])
  expect(undone).toMatchObject({ undoing: true, failure: undefined })
  expect((await site.facts(operation, 'undone')).slice(-4)).toEqual([
    'step-undone',
    'step-started',
    'step-undone',
    'undone',
  ])
  await engine.close()
})

test('an undo that fails rests there, and resume goes on with the undo', async () => {
  let stuck = true
  const undo = async () => {
    if (stuck) await broken()
  }
  const steps: Steps = { a: { work: async () => {}, undo }, b: broken }
  const engine = await site.replica(steps)
  const operation = await site.plan({ a: [], b: ['a'] })
  await comesTo(operation, 'failed')
  await undoOperation(depsOf(steps), at(operation))
  site.committed()
  await site.until(operation.id, (one) => one.state === 'failed' && one.undoing)
  stuck = false
  await resumeOperation(depsOf(steps), { ...at(operation), fromStep: '' })
  site.committed()
  expect(stateOf(await comesTo(operation, 'undone'))).toEqual(['a undone', 'b undone'])
  await engine.close()
})

test('what can not be undone says so before anything is touched', async () => {
  const steps: Steps = { a: { work: async () => {}, lasting: 'what was there is gone' }, b: broken }
  const engine = await site.replica(steps)
  const operation = await site.plan({ a: [], b: ['a'] })
  const failed = await comesTo(operation, 'failed')
  await expect(undoOperation(depsOf(steps), at(operation))).rejects.toMatchObject({
    code: 'Precondition',
    problems: [{ field: 'step a', message: expect.stringContaining('what was there is gone') }],
  })
  expect((await site.until(operation.id, () => true)).version).toBe(failed.version)
  await engine.close()
})

test('a paused operation lets what runs end, starts nothing, goes on when resumed, and keeps its cluster', async () => {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  let begun = () => {}
  const begins = new Promise<void>((resolve) => {
    begun = resolve
  })
  const waits = () => {
    begun()
    return released
  }
  const steps: Steps = { a: waits, b: async () => {} }
  const engine = await site.replica(steps)
  const operation = await site.plan({ a: [], b: ['a'] })
  await begins
  await pauseOperation(site.db, operation.project, operation.id)
  site.committed()
  release()
  const paused = await comesTo(operation, 'paused')
  expect(stateOf(paused)).toEqual(['a succeeded', 'b pending'])
  expect(paused.endedAt).toBeUndefined()
  const row = await site.db.operation.findUniqueOrThrow({ where: { id: operation.id } })
  expect(row.mutates).toBe(operation.cluster)
  await resumeOperation(depsOf(steps), { ...at(operation), fromStep: '' })
  site.committed()
  expect((await comesTo(operation, 'succeeded')).endedAt).toBeDefined()
  await engine.close()
})

test('a paused operation can be cancelled, and gives its cluster free', async () => {
  const steps: Steps = { a: async ({ operation }) => void (await hold(operation)) }
  const hold = ({ project, id }: Operation) => pauseOperation(site.db, project, id)
  const engine = await site.replica(steps)
  const operation = await site.plan({ a: [], b: ['a'] })
  await comesTo(operation, 'paused')
  await cancelOperation(site.db, operation.project, operation.id, new Date())
  site.committed()
  await comesTo(operation, 'cancelled')
  const row = await site.db.operation.findUniqueOrThrow({ where: { id: operation.id } })
  expect(row.mutates).toBeNull()
  await engine.close()
})

test('a step is skipped with its reason only where that is allowed', async () => {
  const steps: Steps = { a: { work: broken, mayBeSkipped: true }, b: async () => {}, c: broken }
  const engine = await site.replica(steps)
  const operation = await site.plan({ a: [], b: ['a'], c: ['b'] })
  await comesTo(operation, 'failed')
  const skip = (step: string) =>
    skipStep(depsOf(steps), { ...at(operation), step, reason: 'known and harmless' })
  await expect(skip('c')).rejects.toThrow(/may not be skipped/)
  await expect(skip('z')).rejects.toThrow(/has no step z/)
  await skip('a')
  site.committed()
  const failed = await site.until(
    operation.id,
    ({ state, steps: [, b] }) => state === 'failed' && b?.state === 'succeeded',
  )
  expect(failed.steps[0]).toMatchObject({ state: 'skipped', note: 'known and harmless' })
  await engine.close()
})

test('resumed from a step, it and all that need it are done again and the others are not', async () => {
  const done: string[] = []
  let whole = false
  const note = (name: string) => async () => void done.push(name)
  const steps: Steps = {
    ...{ a: note('a'), b: note('b'), c: note('c') },
    d: async () => (whole ? undefined : broken()),
  }
  const engine = await site.replica(steps)
  const operation = await site.plan({ a: [], b: ['a'], c: ['a'], d: ['b'] })
  await comesTo(operation, 'failed')
  whole = true
  await resumeOperation(depsOf(steps), { ...at(operation), fromStep: 'b' })
  site.committed()
  await comesTo(operation, 'succeeded')
  expect(done.filter((name) => name === 'a')).toHaveLength(1)
  expect(done.filter((name) => name === 'b')).toHaveLength(2)
  expect(done.filter((name) => name === 'c')).toHaveLength(1)
  await engine.close()
})

test('what a step says of itself is seen while it runs and stays with it', async () => {
  const steps: Steps = {
    a: async ({ note }) => {
      note('1 of 2 pods moved')
      note('2 of 2 pods moved')
    },
  }
  const engine = await site.replica(steps)
  const operation = await site.plan({ a: [] })
  const ended = await comesTo(operation, 'succeeded')
  expect(ended.steps[0]?.note).toBe('2 of 2 pods moved')
  expect(await site.facts(operation, 'succeeded')).toContain('step-progressed')
  await engine.close()
})
