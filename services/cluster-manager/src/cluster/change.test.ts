import { v7 as newId } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EngineSite, startEngineSite } from '../../test/engine-site.ts'
import { drain } from '../flow/drain-nodes.ts'
import { noWishes, type Operation, type OperationState } from '../operation/operation.ts'
import { readOperationOf } from '../operation/read.ts'
import { type ChangeDeps, changeCluster } from './change.ts'
import { deleteCluster } from './delete.ts'

let site: EngineSite
beforeAll(async () => {
  site = await startEngineSite()
})
afterAll(() => site.stop())

/** Nobody carries anything out here, so what is to begin stays. */
function deps(): ChangeDeps {
  return {
    ...{ db: site.db, newId, now: () => new Date(), outbox: { nudge: site.committed } },
    profiles: new Map(),
  } as unknown as ChangeDeps
}

const plain = { dryRun: false, planDigest: '', reason: '', createdBy: 'u1', createdAs: undefined }

/** Another change of that one's cluster. */
function remove({ project, cluster }: Operation, queue: boolean, idempotencyKey?: string) {
  const asked = { ...plain, project, id: cluster, queue, idempotencyKey }
  return deleteCluster(deps(), { ...asked, forget: true, leaveUnreachable: false })
}

/** An operation that ended so, on a cluster without nodes. */
async function ended(state: OperationState): Promise<Operation> {
  const first = await site.plan({ only: [] })
  await site.db.cluster.update({ where: { id: first.cluster }, data: { spec: { nodes: [] } } })
  const second = await site.queue(first)
  expect(second?.state).toBe('queued')
  await site.db.operation.update({ where: { id: first.id }, data: { state, mutates: null } })
  return first
}
const waitingAt = async ({ project, cluster }: Operation) => {
  const rows = await site.db.operation.findMany({
    where: { cluster, state: 'queued' },
    orderBy: { id: 'asc' },
  })
  return Promise.all(rows.map(({ id }) => readOperationOf(site.db, project, id)))
}

test('nobody begins before the one whose turn has come, and who may wait goes behind it', async () => {
  const first = await ended('succeeded')
  const [next] = await waitingAt(first)
  await expect(remove(first, false)).rejects.toMatchObject({
    code: 'Conflict',
    problems: [{ field: `operation ${next?.id}`, message: 'update-nodes is changing this cluster' }],
  })
  const { operation } = await remove(first, true)
  expect(operation).toMatchObject({ state: 'queued', queuedBehind: next?.id })
})

test('behind one that failed another change may begin, and what waits then waits for that one', async () => {
  const first = await ended('failed')
  const { operation } = await remove(first, false)
  expect(operation).toMatchObject({ state: 'planned', turn: 2 })
  expect(await waitingAt(first)).toMatchObject([{ state: 'queued', queuedBehind: operation?.id }])
  const behind = await remove(first, true)
  expect(behind.operation?.queuedBehind).toBe((await waitingAt(first))[0]?.id)
})

test('the same call sent many times at once is one operation, whether it begins or waits', async () => {
  const first = await ended('succeeded')
  const waiting = await Promise.all([1, 2, 3, 4].map(() => remove(first, true, 'key-1')))
  expect(new Set(waiting.map(({ operation }) => operation?.id)).size).toBe(1)
  const other = await ended('failed')
  await site.db.operation.deleteMany({ where: { cluster: other.cluster, state: 'queued' } })
  const calls = await Promise.all([1, 2, 3, 4].map(() => remove(other, true, 'key-2')))
  expect(new Set(calls.map(({ operation }) => operation?.id)).size).toBe(1)
  expect(calls.every(({ operation }) => operation?.state === 'planned')).toBe(true)
  // With keys of their own one begins, and the others wait in a line.
  const third = await ended('failed')
  await site.db.operation.deleteMany({ where: { cluster: third.cluster, state: 'queued' } })
  const four = await Promise.all([1, 2, 3, 4].map(() => remove(third, true)))
  expect(four.filter(({ operation }) => operation?.state === 'planned')).toHaveLength(1)
  expect(new Set(four.map(({ operation }) => operation?.queuedBehind)).size).toBe(4)
})

test('what was planned for a cluster that was changed meanwhile is refused, and changes nothing', async () => {
  const { project, cluster } = await ended('failed')
  const asked = { ...plain, project, id: cluster, queue: false, idempotencyKey: undefined }
  const change = changeCluster(deps(), asked, drain, async ({ cluster: { spec } }) => {
    await site.db.cluster.update({ where: { id: cluster }, data: { version: { increment: 1 } } })
    return { wishes: noWishes, spec, nodes: [], state: 'running' }
  })
  await expect(change).rejects.toMatchObject({ code: 'Conflict', problems: [{ hint: 'Send it again.' }] })
  expect(await site.db.operation.count({ where: { cluster, state: 'planned' } })).toBe(0)
})
