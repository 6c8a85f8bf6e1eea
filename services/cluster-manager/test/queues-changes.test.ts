import type { Happening } from '@slipway/contracts/cluster/v1/cluster'
import type { ClusterChange } from '@slipway/contracts/cluster/v1/cluster_service'
import { startControlPlane, type TestControlPlane } from '@slipway/kube/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ClusterSite, startClusterSite, until } from './cluster-site.ts'
import { beginHeldCreate } from './held-create.ts'

// Hosts are played; the API server that changes are planned with is real.
let site: ClusterSite
let plane: TestControlPlane
beforeAll(async () => {
  ;[site, plane] = await Promise.all([startClusterSite(), startControlPlane()])
})
afterAll(async () => {
  await site?.stop()
  await plane?.stop()
})

const project = 'p1'
const unlike = { dryRun: '', planDigest: '', reason: '' }
const how = { deleteEmptyDirData: false, deleteBarePods: false, drainMinutes: 0 }
const idOf = ({ operation }: ClusterChange) => operation?.id ?? ''

test('changes queued while a cluster is created are planned at their turn, each as it then is', async () => {
  const { goOn, creating } = await beginHeldCreate({ site, plane, project })
  const at = { project, id: creating.cluster?.id ?? '' }
  const removal = { ...at, ...unlike, forget: false, leaveUnreachable: false, queue: true }
  await expect(site.clusters.deleteCluster({ ...removal, queue: false })).rejects.toMatchObject({
    code: 'Conflict',
    problems: [{ field: `operation ${idOf(creating)}`, message: 'create-cluster is changing this cluster' }],
  })
  const read = await site.clusters.deleteCluster({ ...removal, dryRun: 'plan' })
  expect(read.operation).toBeUndefined()

  const labels = {
    ...{ ...at, ...unlike, names: ['w1'], reason: 'for storage', queue: true },
    ...{
      setLabels: { tier: 'store' },
      removeLabels: [],
      setTaints: [],
      removeTaints: [],
      cordoned: undefined,
    },
  }
  const call = { ...site.as, idempotencyKey: 'labels-1' }
  const twice = await Promise.all([1, 2].map(() => site.clusters.updateNodes(labels, call)))
  const [labelling] = twice.map(idOf)
  expect(twice.map(idOf)).toEqual([labelling, labelling])
  expect(twice[0]).toMatchObject({
    plan: undefined,
    cluster: { state: 'creating', operation: idOf(creating) },
    operation: { state: 'queued', kind: 'update-nodes', nodes: ['w1'], queuedBehind: idOf(creating) },
  })
  const draining = await site.clusters.drainNodes({ ...at, ...unlike, ...how, names: ['w9'], queue: true })
  const stale = await site.clusters.deleteCluster({ ...removal, planDigest: read.plan?.digest ?? '' })
  const last = await site.clusters.drainNodes({ ...at, ...unlike, ...how, names: ['w1'], queue: true })
  await expect(site.clusters.deleteCluster({ ...removal, project: 'p2' })).rejects.toMatchObject({
    code: 'NotFound',
  })
  await expect(site.operations.cancelOperation({ project: 'p2', id: labelling ?? '' })).rejects.toMatchObject(
    { code: 'NotFound' },
  )
  await expect(site.operations.getOperationPlan({ project, id: labelling ?? '' })).rejects.toThrow(
    'has no plan yet',
  )
  const { operations } = await site.operations.listOperations({
    ...{ ...at, cluster: at.id, state: 'queued', pageSize: 0, pageToken: '' },
  })
  expect(operations.map(({ id }) => id)).toEqual([last, stale, draining].map(idOf).concat(labelling ?? ''))

  await goOn()
  expect(await ended(idOf(creating))).toMatchObject({ state: 'succeeded', failure: undefined })
  expect(await ended(labelling ?? '')).toMatchObject({
    ...{ state: 'succeeded', createdBy: 'u1', reason: 'for storage', queuedBehind: '', waits: '' },
  })
  expect(await plane.kubectl('get', 'node', 'w1', '-o', 'jsonpath={.metadata.labels.tier}')).toBe('store')
  expect(await ended(idOf(draining))).toMatchObject({
    state: 'failed',
    failure: { message: 'names[0]: this cluster has no node "w9"', hint: expect.stringContaining('Take') },
  })
  const refused = await ended(idOf(stale))
  expect(refused).toMatchObject({ state: 'failed', steps: [] })
  expect(refused.failure?.message).toContain('cluster.cluster.state was "creating" and is "running"')
  expect(await ended(idOf(last))).toMatchObject({ state: 'succeeded' })
  expect(await site.clusters.getCluster(at)).toMatchObject({ state: 'running', operation: idOf(last) })
  await versionsOf(at, { creating: idOf(creating), labelling: labelling ?? '' })
  await happeningsOf(at, { labelling: labelling ?? '' })
  // The same call is the same operation also afterwards, and one with nothing before it begins at once.
  const again = await site.clusters.updateNodes(labels, call)
  expect([idOf(again), again.plan?.kind]).toEqual([labelling, 'update-nodes'])
  site.runner.on('reset.yml', async () => ({}))
  const begun = await site.clusters.deleteCluster(removal)
  expect(begun).toMatchObject({ plan: { kind: 'delete-cluster' }, operation: { state: 'planned' } })
  expect(await ended(idOf(begun))).toMatchObject({ state: 'succeeded' })
})

/** Of what the cluster was to be there is one version for each change of it, and none for what changed nothing in its spec. */
async function versionsOf(
  at: { project: string; id: string },
  { creating, labelling }: { creating: string; labelling: string },
): Promise<void> {
  const first = await site.clusters.listSpecVersions({ ...at, pageSize: 1, pageToken: '' })
  const rest = await site.clusters.listSpecVersions({ ...at, pageSize: 1, pageToken: first.nextPageToken })
  const about = { cluster: at.id, spec: undefined, createdAt: expect.any(Date) }
  expect([...first.versions, ...rest.versions]).toMatchObject([
    {
      ...about,
      number: 2,
      operation: labelling,
      kind: 'update-nodes',
      createdBy: 'u1',
      reason: 'for storage',
    },
    { ...about, number: 1, operation: creating, kind: 'create-cluster', reason: '' },
  ])
  expect(rest.nextPageToken).toBe('')
  const [before, after] = await Promise.all(
    [1, 2].map((number) => site.clusters.getSpecVersion({ ...at, number })),
  )
  expect(after?.spec).toEqual((await site.clusters.getCluster(at)).spec)
  expect(after?.spec?.nodes[1]?.labels).toEqual({ tier: 'store' })
  expect(before?.spec?.nodes[1]?.labels).toEqual({})
  const elsewhere = { ...at, project: 'p2' }
  const refused = await Promise.allSettled([
    site.clusters.getSpecVersion({ ...at, number: 3 }),
    site.clusters.getSpecVersion({ ...elsewhere, number: 1 }),
    site.clusters.listSpecVersions({ ...elsewhere, pageSize: 0, pageToken: '' }),
  ])
  expect(refused).toMatchObject(refused.map(() => ({ status: 'rejected', reason: { code: 'NotFound' } })))
}

/** What happened is told page by page, each with who asked for it; what goes as it should within an operation is not. */
async function happeningsOf(
  at: { project: string; id: string },
  { labelling }: { labelling: string },
): Promise<void> {
  const all = { ...at, noun: '', pageSize: 7, pageToken: '' }
  const told: Happening[] = []
  do {
    const page = await site.clusters.listHappenings(all)
    told.push(...page.happenings)
    all.pageToken = page.nextPageToken
  } while (all.pageToken)
  expect(told.map(({ id }) => id)).toEqual(
    told
      .map(({ id }) => id)
      .sort()
      .reverse(),
  )
  const ofLabelling = told.filter(({ operation, noun }) => operation === labelling && noun === 'operation')
  expect(ofLabelling.map(({ fact }) => fact)).toEqual(['succeeded', 'started', 'planned', 'queued'])
  expect(ofLabelling[2]).toMatchObject({ kind: 'update-nodes', createdBy: 'u1', detail: 'for storage' })
  expect(told.some(({ fact }) => fact === 'step-started')).toBe(false)
  const { happenings: nodes } = await site.clusters.listHappenings({ ...all, noun: 'node', pageSize: 50 })
  expect(nodes.map(({ name, fact }) => `${name} ${fact}`).sort()).toEqual(
    ['cp1', 'w1'].flatMap((name) => [`${name} joined`, `${name} ready`]),
  )
  expect(nodes[0]).toMatchObject({ kind: 'create-cluster', cluster: at.id, at: expect.any(Date) })
  const { happenings: own } = await site.clusters.listHappenings({ ...all, noun: 'cluster', pageSize: 50 })
  expect(own.map(({ fact }) => fact)).toEqual(['running', 'created'])
  const elsewhere = site.clusters.listHappenings({ ...all, project: 'p2' })
  await expect(elsewhere).rejects.toMatchObject({ code: 'NotFound' })
}

/** The operation once it has ended; one that waits has not. */
function ended(id: string) {
  return until(
    () => site.operations.getOperation({ project, id }),
    ({ state }) => !['queued', 'planned', 'running'].includes(state),
  )
}
