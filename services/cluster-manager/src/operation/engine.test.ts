import { invalid, unavailable } from '@slipway/errors'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EngineSite, LEASE_MS, meansFrom, startEngineSite } from '../../test/engine-site.ts'
import { inTransaction } from '../store.ts'
import { cancelOperation } from './hold.ts'
import { takeLease } from './lease.ts'
import type { Operation } from './operation.ts'
import { record } from './record.ts'
import { resumeOperation } from './resume.ts'
import type { StepContext } from './step-context.ts'

let site: EngineSite
beforeAll(async () => {
  site = await startEngineSite()
})
afterAll(() => site.stop())

const ended = ({ state }: Operation) => state !== 'planned' && state !== 'running'
const stateOf = (operation: Operation, name: string) =>
  operation.steps.find((step) => step.name === name)?.state

/** Waits like a run: until it is released or its signal aborts. */
function hold(): {
  work: (ctx: StepContext) => Promise<void>
  begun: Promise<StepContext>
  release: () => void
} {
  let release = () => {}
  let begin: (ctx: StepContext) => void = () => {}
  const begun = new Promise<StepContext>((resolve) => {
    begin = resolve
  })
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const work = (ctx: StepContext) => {
    begin(ctx)
    const aborted = new Promise<never>((_, reject) => {
      ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason), { once: true })
    })
    return Promise.race([released, aborted])
  }
  return { work, begun, release }
}

test('runs steps in the order of their needs, independent ones at once, and tells each move once and in order', async () => {
  const done: string[] = []
  const left = hold()
  const right = hold()
  const engine = await site.replica({
    first: async () => void done.push('first'),
    left: left.work,
    right: right.work,
    last: async () => void done.push('last'),
  })
  const operation = await site.plan({ first: [], left: ['first'], right: ['first'], last: ['left', 'right'] })
  await Promise.all([left.begun, right.begun])
  left.release()
  right.release()
  const facts = await site.facts(operation, 'succeeded')
  const end = await site.until(operation.id, ended)
  expect(end).toMatchObject({ state: 'succeeded', failure: undefined })
  expect(end.steps.every(({ state, attempt }) => state === 'succeeded' && attempt === 1)).toBe(true)
  expect(done).toEqual(['first', 'last'])
  expect(facts.slice(0, 4)).toEqual(['planned', 'started', 'step-started', 'step-succeeded'])
  expect(facts.filter((fact) => fact === 'step-succeeded')).toHaveLength(4)
  expect(facts.at(-1)).toBe('succeeded')
  await engine.close()
})

test('a failure that a person must mend ends the operation, and resume goes on at the failed step', async () => {
  let broken = true
  const seen: string[] = []
  const engine = await site.replica({
    first: async (ctx) => void seen.push(`first ${ctx.attempt}`),
    second: async (ctx) => {
      seen.push(`second ${ctx.attempt}`)
      if (broken) throw invalid([{ field: 'host a', message: 'has no disk', hint: 'Give it one.' }])
    },
  })
  const operation = await site.plan({ first: [], second: ['first'] })
  const failed = await site.until(operation.id, ended)
  expect(failed).toMatchObject({ state: 'failed', failure: { code: 'Invalid', hint: 'Give it one.' } })
  broken = false
  await resume(operation)
  const end = await site.until(operation.id, ({ state }) => state === 'succeeded')
  expect(seen).toEqual(['first 1', 'second 1', 'second 2'])
  expect(end.failure).toBeUndefined()
  await expect(resume(operation)).rejects.toThrow('is succeeded')
  await engine.close()
})

test('a failure that may pass is tried again by itself, with a new attempt', async () => {
  const attempts: number[] = []
  const engine = await site.replica({
    only: async ({ attempt }) => {
      attempts.push(attempt)
      if (attempt === 1) throw unavailable('runner', 'does not answer', 'Wait.')
    },
  })
  const operation = await site.plan({ only: [] })
  const facts = await site.facts(operation, 'succeeded')
  expect(attempts).toEqual([1, 2])
  expect(facts).toEqual([
    'planned',
    'started',
    'step-started',
    'step-failed',
    'step-started',
    'step-succeeded',
    'succeeded',
  ])
  await engine.close()
})

test('cancelling stops what runs, starts nothing more, and leaves the operation resumable', async () => {
  const long = hold()
  let go = false
  const engine = await site.replica({
    long: (ctx) => (go ? Promise.resolve() : long.work(ctx)),
    after: async () => {},
  })
  const operation = await site.plan({ long: [], after: ['long'] })
  await long.begun
  await cancelOperation(site.db, operation.project, operation.id, new Date())
  site.committed()
  const cancelled = await site.until(operation.id, ended)
  expect(cancelled.state).toBe('cancelled')
  expect([stateOf(cancelled, 'long'), stateOf(cancelled, 'after')]).toEqual(['cancelled', 'pending'])
  go = true
  await resume(operation)
  const end = await site.until(operation.id, ({ state }) => state === 'succeeded')
  expect(end.steps.map(({ attempt }) => attempt)).toEqual([2, 1])
  await engine.close()
})

test('what a dead replica was doing is carried on by another one with the same attempt', async () => {
  const operation = await site.plan({ first: [], second: ['first'] })
  const owner = 'a replica that dies'
  const { id } = operation
  const now = new Date()
  const startedAt = Date.now()
  expect(await takeLease(site.db, id, { owner, leaseMs: LEASE_MS })).toBeDefined()
  await record(site.db, { id, owner, fact: 'started', change: { state: 'running', startedAt: now }, now })
  const change = { state: 'running', attempt: 1, tries: 1, startedAt: now } as const
  await record(site.db, { id, owner, fact: 'step-started', step: { name: 'first', change }, now })

  const attempts: number[] = []
  const engine = await site.replica({ first: async ({ attempt }) => void attempts.push(attempt) })
  const end = await site.until(id, ended)
  expect(end.state).toBe('succeeded')
  expect(attempts).toEqual([1])
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(LEASE_MS)
  expect(Date.now() - startedAt).toBeLessThan(30_000)
  // The dead one wakes up once more: it may write nothing.
  await expect(
    record(site.db, { id, owner, fact: 'failed', change: { state: 'failed' }, now }),
  ).rejects.toThrow(id)
  await engine.close()
})

test('two replicas never run a step twice, and one that stops hands over at once', async () => {
  const runs: string[] = []
  const gate = hold()
  const steps = (owner: string) => ({
    first: async (ctx: StepContext) => {
      runs.push(`${owner} ${ctx.attempt}`)
      await gate.work(ctx)
    },
  })
  const engines = { a: await site.replica(steps('a'), 'a'), b: await site.replica(steps('b'), 'b') }
  const operations = await Promise.all(Array.from({ length: 10 }, () => site.plan({ first: [] })))
  for (const operation of operations) {
    await site.until(operation.id, (one) => stateOf(one, 'first') === 'running')
    engines.a.wake(operation.id)
    engines.b.wake(operation.id)
  }
  await site.until(operations.at(-1)?.id ?? '', () => runs.length >= 10)
  expect(runs).toHaveLength(10)
  const ofA = runs.filter((run) => run === 'a 1').length
  await engines.a.close()
  await site.until(operations[0]?.id ?? '', () => runs.length === 10 + ofA)
  expect(runs.every((run) => run.endsWith(' 1'))).toBe(true)
  gate.release()
  for (const { id } of operations) await site.until(id, ({ state }) => state === 'succeeded')
  await engines.b.close()
})

test('an operation that found its replica full begins as soon as another one ends', async () => {
  const [one, two] = [hold(), hold()]
  const engine = await site.replica({ one: one.work, two: two.work }, 'full', {
    sweepMs: 60_000,
    atOnce: 1,
  })
  await site.plan({ one: [] })
  await one.begun
  const second = await site.plan({ two: [] })
  engine.wake(second.id)
  one.release()
  await two.begun
  two.release()
  expect(await site.until(second.id, ended)).toMatchObject({ state: 'succeeded' })
  await engine.close()
})

test('a cancelled operation that nobody had begun ends without having done anything', async () => {
  const operation = await site.plan({ only: [] })
  await cancelOperation(site.db, operation.project, operation.id, new Date())
  let ran = false
  const engine = await site.replica({
    only: async () => {
      ran = true
    },
  })
  const end = await site.until(operation.id, ended)
  expect([end.state, ran]).toEqual(['cancelled', false])
  await engine.close()
})

test('a cluster has one unfinished operation at a time, and the second is told which', async () => {
  const operation = await site.plan({ only: [] })
  await inTransaction(site.db, async (tx) => {
    await tx.operation.update({ where: { id: operation.id }, data: { state: 'failed', mutates: null } })
  })
  const [one, two] = await Promise.allSettled([resume(operation), resume(operation)])
  expect([one?.status, two?.status].sort()).toEqual(['fulfilled', 'rejected'])
})

async function resume({ project, id }: Operation): Promise<void> {
  const deps = { db: site.db, now: () => new Date(), onMoved: async () => {}, meansOf: meansFrom({}) }
  await resumeOperation(deps, { project, id, fromStep: '' })
  site.committed()
}
