import { invalid, unavailable } from '@slipway/errors'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EngineSite, LEASE_MS, meansFrom, type Steps, startEngineSite } from '../../test/engine-site.ts'
import { cancelOperation } from './hold.ts'
import { takeLease } from './lease.ts'
import type { Operation } from './operation.ts'
import { readOperationOf } from './read.ts'
import { resumeOperation, undoOperation } from './resume.ts'

let site: EngineSite
beforeAll(async () => {
  site = await startEngineSite()
})
afterAll(() => site.stop())

const broken = async () => {
  throw invalid([{ field: 'host a', message: 'has no disk', hint: 'Give it one.' }])
}
const comesTo = (operation: Operation, state: Operation['state']) =>
  site.until(operation.id, (one) => one.state === state)
const cancel = async ({ project, id }: Operation) => {
  const cancelled = await cancelOperation(site.db, project, id, new Date())
  site.committed()
  return cancelled
}
const depsOf = (steps: Steps) => ({
  ...{ db: site.db, now: () => new Date(), onMoved: async () => {}, meansOf: meansFrom(steps) },
})
const at = ({ project, id }: Operation) => ({ project, id })
async function queued(first: Operation, decide?: Parameters<EngineSite['queue']>[1]): Promise<Operation> {
  const operation = await site.queue(first, decide)
  if (!operation) throw new Error('it was not queued')
  return operation
}

/** Opens when a test says so. */
function gate(): { passed: () => Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { passed: () => promise, open: resolve }
}

test('changes of a cluster begin one after the other, in the order in which they were asked for', async () => {
  const first = await site.plan({ held: [] })
  const waiting = [await queued(first), await queued(first), await queued(first)]
  expect(waiting.map(({ queuedBehind }) => queuedBehind)).toEqual([first.id, waiting[0]?.id, waiting[1]?.id])
  expect(waiting[0]).toMatchObject({ state: 'queued', steps: [], wishes: { nodes: ['w1'] } })
  expect(waiting[0]?.waits).toBe(`Operation ${first.id} (create-cluster) is changing the cluster.`)
  expect(waiting[1]?.waits).toBe(`Operation ${waiting[0]?.id} (update-nodes) comes first.`)
  const { open, passed } = gate()
  const ran: string[] = []
  const only = async ({ operation }: { operation: Operation }) => void ran.push(operation.id)
  const engine = await site.replica({ held: passed, only })
  await comesTo(first, 'running')
  open()
  const ends = await Promise.all(waiting.map((one) => comesTo(one, 'succeeded')))
  expect(ran).toEqual(waiting.map(({ id }) => id))
  expect(ends.map(({ turn, queuedBehind, waits }) => ({ turn, queuedBehind, waits }))).toEqual(
    [2, 3, 4].map((turn) => ({ turn, queuedBehind: '', waits: '' })),
  )
  await engine.close()
})

test('its events go on from queued to planned to its end, each once', async () => {
  const first = await site.plan({ only: [] })
  const second = await queued(first)
  const engine = await site.replica({})
  expect(await site.facts(second, 'succeeded')).toEqual([
    'queued',
    'planned',
    'started',
    'step-started',
    'step-succeeded',
    'succeeded',
  ])
  await engine.close()
})

test('of two replicas exactly one begins each, also when both are woken', async () => {
  const ran: string[] = []
  const only = async ({ operation }: { operation: Operation }) => void ran.push(operation.id)
  const firsts = await Promise.all(Array.from({ length: 5 }, () => site.plan({ only: [] })))
  const decided: string[] = []
  const lines = await Promise.all(
    firsts.map(async (first) => {
      const line: Operation[] = []
      for (const place of [1, 2, 3]) {
        line.push(
          await queued(first, () => {
            decided.push(`${first.id} ${place}`)
            return { only: [] }
          }),
        )
      }
      return line
    }),
  )
  const engines = [await site.replica({ only }, 'a'), await site.replica({ only }, 'b')]
  for (const { id } of lines.flat()) for (const engine of engines) engine.wake(id)
  for (const line of lines) for (const one of line) await comesTo(one, 'succeeded')
  expect(new Set(ran).size).toBe(20)
  expect(ran).toHaveLength(20)
  expect(new Set(decided).size).toBe(15)
  expect(decided).toHaveLength(15)
  for (const engine of engines) await engine.close()
})

test('a queue that lost its nudges, as in a restart, is found by the sweep', async () => {
  const first = await site.plan({ only: [] })
  const second = await queued(first)
  // What ended the first died before it told anybody.
  await site.db.operation.update({ where: { id: first.id }, data: { state: 'succeeded', mutates: null } })
  const engine = await site.replica({})
  await comesTo(second, 'succeeded')
  await engine.close()
})

test('what a replica that died was planning is planned by another one', async () => {
  const first = await site.plan({ only: [] })
  const second = await queued(first)
  const owner = 'a replica that dies'
  expect(await takeLease(site.db, second.id, { owner, leaseMs: LEASE_MS })).toBeUndefined()
  await site.db.operation.update({ where: { id: first.id }, data: { state: 'succeeded', mutates: null } })
  const diedAt = Date.now()
  expect(await takeLease(site.db, second.id, { owner, leaseMs: LEASE_MS })).toBeDefined()
  const engine = await site.replica({})
  await comesTo(second, 'succeeded')
  expect(Date.now() - diedAt).toBeGreaterThanOrEqual(LEASE_MS)
  await engine.close()
})

test('one that is cancelled while it is planned does not begin', async () => {
  const planning = gate()
  const { open, passed } = gate()
  let ran = false
  const first = await site.plan({ first: [] })
  const second = await queued(first, async () => {
    planning.open()
    await passed()
    return { only: [] }
  })
  const third = await queued(first, () => ({ last: [] }))
  const engine = await site.replica({
    only: async () => {
      ran = true
    },
  })
  await planning.passed()
  await cancel(second)
  open()
  await comesTo(third, 'succeeded')
  expect([(await comesTo(second, 'cancelled')).steps, ran]).toEqual([[], false])
  await engine.close()
})

test('a queued one that is cancelled ends at once, and those behind it move up', async () => {
  const first = await site.plan({ only: [] })
  const second = await queued(first)
  const third = await queued(first)
  const cancelled = await cancel(second)
  expect(cancelled).toMatchObject({ state: 'cancelled', queuedBehind: '', waits: '' })
  expect(cancelled.endedAt).toBeDefined()
  const moved = await readOperationOf(site.db, third.project, third.id)
  expect(moved).toMatchObject({ state: 'queued', queuedBehind: first.id })
  await expect(resumeOperation(depsOf({}), { ...at(second), fromStep: '' })).rejects.toMatchObject({
    code: 'Precondition',
    problems: [{ message: 'never began: it only waited', hint: 'Ask for the same change again.' }],
  })
  const engine = await site.replica({})
  await comesTo(third, 'succeeded')
  expect(await site.facts(second, 'cancelled')).toEqual(['queued', 'cancelled'])
  expect(await readOperationOf(site.db, second.project, second.id)).toEqual(cancelled)
  await engine.close()
})

test('one that is refused at its turn fails with field, message and hint, and the next goes on', async () => {
  const first = await site.plan({ only: [] })
  const second = await queued(first, () => {
    throw invalid([
      { field: 'names[0]', message: 'this cluster has no node "w1"', hint: 'Take another.' },
      { field: 'names[1]', message: 'w2 stands there twice', hint: 'Name it once.' },
    ])
  })
  const third = await queued(first)
  const engine = await site.replica({})
  await comesTo(third, 'succeeded')
  const refused = await comesTo(second, 'failed')
  expect(refused).toMatchObject({ steps: [], turn: undefined, queuedBehind: '', waits: '' })
  expect(refused.failure).toMatchObject({
    code: 'Invalid',
    message: 'names[0]: this cluster has no node "w1"\nnames[1]: w2 stands there twice',
    hint: 'Take another.',
  })
  expect(await site.facts(second, 'failed')).toEqual(['queued', 'failed'])
  await engine.close()
})

test('one whose planning may succeed later says why it waits, and begins when it does', async () => {
  let away = true
  const first = await site.plan({ only: [] })
  const second = await queued(first, () => {
    if (away) throw unavailable('cluster c', 'its API server does not answer', 'Wait.')
    return { only: [] }
  })
  const engine = await site.replica({})
  await site.until(second.id, ({ waits }) => waits === 'cluster c: its API server does not answer')
  away = false
  await comesTo(second, 'succeeded')
  await engine.close()
})

test.each(['resumed', 'undone'])(
  'behind one that failed it waits and says what to do, until that one is %s',
  async (way) => {
    let mended = false
    const steps: Steps = {
      mended: { work: () => (mended ? Promise.resolve() : broken()), undo: async () => {} },
    }
    const { open, passed } = gate()
    const engine = await site.replica({ ...steps, held: passed })
    const first = await site.plan({ held: [], mended: ['held'] })
    const second = await queued(first)
    open()
    await comesTo(first, 'failed')
    const waits = `Operation ${first.id} (create-cluster) failed: resume or undo it, or cancel this one.`
    expect(await readOperationOf(site.db, second.project, second.id)).toMatchObject({
      ...{ state: 'queued', queuedBehind: first.id, waits },
    })
    engine.wake(second.id)
    mended = true
    // Only a queued one came after it: it can go on.
    if (way === 'resumed') await resumeOperation(depsOf(steps), { ...at(first), fromStep: '' })
    else await undoOperation(depsOf(steps), at(first))
    site.committed()
    const end = await comesTo(second, 'succeeded')
    const before = await readOperationOf(site.db, first.project, first.id)
    expect(before.state).toBe(way === 'resumed' ? 'succeeded' : 'undone')
    expect(end.startedAt?.getTime()).toBeGreaterThanOrEqual(before.endedAt?.getTime() ?? Infinity)
    await engine.close()
  },
)

test('the one that began last can go on, also where it was asked for before another', async () => {
  const first = await site.plan({ only: [] })
  const second = await queued(first, () => ({ broken: [] }))
  const third = await queued(first)
  const engine = await site.replica({ broken })
  await comesTo(second, 'failed')
  await expect(resumeOperation(depsOf({}), { ...at(first), fromStep: '' })).rejects.toThrow('is succeeded')
  await expect(resumeOperation(depsOf({}), { ...at(third), fromStep: '' })).rejects.toThrow('is queued')
  await resumeOperation(depsOf({}), { ...at(second), fromStep: '' })
  site.committed()
  await site.until(second.id, ({ steps }) => (steps[0]?.attempt ?? 0) === 2)
  await comesTo(second, 'failed')
  expect(await readOperationOf(site.db, third.project, third.id)).toMatchObject({ state: 'queued' })
  await engine.close()
})

test('nothing is queued where nothing changes the cluster, and no more than ten wait', async () => {
  const first = await site.plan({ only: [] })
  for (let place = 0; place < 10; place++) await queued(first)
  await expect(queued(first)).rejects.toMatchObject({
    code: 'Exhausted',
    problems: [{ field: 'queue', message: '10 changes of this cluster wait already' }],
  })
  const alone = await site.plan({ only: [] })
  const engine = await site.replica({})
  await comesTo(alone, 'succeeded')
  expect(await site.queue(alone)).toBeUndefined()
  await engine.close()
})
