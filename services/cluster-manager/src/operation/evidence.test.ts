import { unavailable } from '@slipway/errors'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EngineSite, startEngineSite } from '../../test/engine-site.ts'
import { followOperation } from '../cluster/follow-operation.ts'
import { inTransaction } from '../store.ts'
import { readBackground } from './evidence.ts'
import type { Operation } from './operation.ts'

let site: EngineSite
beforeAll(async () => {
  site = await startEngineSite()
})
afterAll(() => site.stop())

const follow = (operation: Operation, change: Partial<Operation>) =>
  inTransaction(site.db, (tx) => followOperation(tx, { ...operation, ...change }, new Date()))
const setSpec = ({ cluster }: Operation, spec: object) =>
  site.db.cluster.update({ where: { id: cluster }, data: { spec: { nodes: [], ...spec } } })
const backgroundOf = ({ project, id }: Operation) => readBackground(site.db, project, id)

test('the spec afterwards is the present one until the operation ends, then the one it ended with', async () => {
  const operation = await site.plan({ only: [] })
  await setSpec(operation, { kubernetesVersion: 'a' })
  expect(await backgroundOf(operation)).toMatchObject({
    specBefore: null,
    specAfter: { kubernetesVersion: 'a' },
  })
  await follow(operation, { state: 'failed' })
  await site.db.operation.update({ where: { id: operation.id }, data: { state: 'failed', mutates: null } })
  await setSpec(operation, { kubernetesVersion: 'b' })
  expect(await backgroundOf(operation)).toMatchObject({ specAfter: { kubernetesVersion: 'a' } })
  await follow(operation, { state: 'succeeded' })
  expect(await backgroundOf(operation)).toMatchObject({ specAfter: { kubernetesVersion: 'b' } })
})

test('a node that was changed or came back keeps its place in the spec, and each change is one version', async () => {
  const operation = await site.plan({ only: [] })
  const node = (name: string, tier: string) => ({
    name,
    host: name,
    role: 'worker',
    labels: { tier },
    taints: [],
  })
  const [a, b] = [node('a', '1'), node('b', '1')]
  await setSpec(operation, { nodes: [a, b] })
  const change = { before: [a], after: [node('a', '2')] }
  const wishes = { ...operation.wishes, nodes: ['a'], change }
  const numbers = async () => {
    const rows = await site.db.specVersion.findMany({
      where: { cluster: operation.cluster },
      orderBy: { number: 'asc' },
    })
    return rows.map(({ number, spec, operation: id }) => ({
      number,
      nodes: (spec as { nodes: unknown }).nodes,
      id,
    }))
  }
  await follow(operation, { state: 'running', wishes })
  expect(await numbers()).toEqual([])
  await follow(operation, { state: 'succeeded', wishes })
  await follow(operation, { state: 'succeeded', wishes })
  const changed = { number: 1, nodes: [node('a', '2'), b], id: operation.id }
  expect(await numbers()).toEqual([changed])
  await follow(operation, { state: 'undone', wishes })
  expect(await numbers()).toEqual([changed, { number: 2, nodes: [a, b], id: operation.id }])
})

test('an operation that deleted its cluster left no spec behind', async () => {
  const operation = await site.plan({ only: [] })
  await site.db.operation.update({ where: { id: operation.id }, data: { state: 'succeeded', mutates: null } })
  await follow(operation, { kind: 'delete-cluster', state: 'succeeded' })
  expect((await backgroundOf(operation)).specAfter).toBeNull()
})

test('every attempt is told in the order in which they began, each with its own failure', async () => {
  const operation = await site.plan({ first: [], second: ['first'] })
  const engine = await site.replica({
    first: async ({ attempt }) => {
      if (attempt === 1) throw unavailable('runner', 'does not answer', 'Wait.')
    },
  })
  await site.until(operation.id, ({ state }) => state === 'succeeded')
  const { attempts } = await backgroundOf(operation)
  expect(attempts).toMatchObject([
    { step: 'first', attempt: 1, state: 'failed', failure: { message: 'does not answer', hint: 'Wait.' } },
    { step: 'first', attempt: 2, state: 'succeeded', failure: undefined },
    { step: 'second', attempt: 1, state: 'succeeded' },
  ])
  await engine.close()
})

test('one that began before anything was kept is told without', async () => {
  const operation = await site.plan({ only: [] })
  await site.db.evidence.delete({ where: { operation: operation.id } })
  expect(await backgroundOf(operation)).toMatchObject({
    slipway: '',
    basis: undefined,
    specBefore: undefined,
  })
  await follow(operation, { state: 'failed' })
})
