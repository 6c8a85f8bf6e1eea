import { setTimeout as pause } from 'node:timers/promises'
import { callApi } from '@slipway/cli/api'
import type { Host } from './hosts.ts'
import type { Site } from './site.ts'

/** A change that was begun. */
export type Begun = { cluster: string; operation: string }

const CLUSTERS = 'slipway.cluster.v1.ClusterService'
/** A thousand nodes with a /24 each fit into it. */
const NETWORK = { podCidr: '10.128.0.0/12', serviceCidr: '10.96.0.0/16' }
const END_MS = 300_000

/** Begins a cluster of some hosts, the first of them its control plane. */
export async function createCluster(
  { to, project, version }: Site,
  name: string,
  hosts: readonly Host[],
): Promise<Begun> {
  const nodes = hosts.map(({ id }, at) => ({ host: id, role: at === 0 ? 'control-plane' : 'worker' }))
  const { cluster, operation } = await callApi(to, `${CLUSTERS}/CreateCluster`, {
    ...{ project, name, spec: { kubernetesVersion: version, network: NETWORK, nodes } },
  })
  return { cluster: cluster.id, operation: operation.id }
}

/** Begins to add a worker. */
export async function addWorker({ to, project }: Site, cluster: string, { id }: Host): Promise<Begun> {
  const nodes = [{ host: id, role: 'worker' }]
  const { operation } = await callApi(to, `${CLUSTERS}/AddNodes`, { project, id: cluster, nodes })
  return { cluster, operation: operation.id }
}

/** Begins to take a worker out. */
export async function removeWorker({ to, project }: Site, cluster: string, { name }: Host): Promise<Begun> {
  const { operation } = await callApi(to, `${CLUSTERS}/RemoveNodes`, { project, id: cluster, names: [name] })
  return { cluster, operation: operation.id }
}

/** Begins to set a label of a node: the shortest change there is, which asks the API server but no host. */
export async function labelNode(
  { to, project }: Site,
  { cluster, node, value }: { cluster: string; node: string; value: string },
): Promise<Begun> {
  const wish = { project, id: cluster, names: [node], setLabels: { 'bench.slipway.dev/value': value } }
  const { operation } = await callApi(to, `${CLUSTERS}/UpdateNodes`, wish)
  return { cluster, operation: operation.id }
}

type Row = { id: string; state: string; failure: { message: string } | null; seconds: number }

/** Waits until operations have succeeded; answers the seconds that each took from its request, in their order. */
export async function succeeded({ query }: Site, operations: readonly string[]): Promise<number[]> {
  for (const until = Date.now() + END_MS; Date.now() < until; await pause(50)) {
    const rows = await query<Row>(
      `SELECT id, state, failure, extract(epoch FROM ended_at - created_at)::float8 AS seconds
       FROM cluster_manager.operation WHERE id = ANY($1)`,
      [operations],
    )
    const failed = rows.find(({ state }) => ['failed', 'cancelled'].includes(state))
    if (failed) throw new Error(`operation ${failed.id} is ${failed.state}: ${failed.failure?.message}`)
    if (rows.length === operations.length && rows.every(({ state }) => state === 'succeeded')) {
      const seconds = new Map(rows.map((row) => [row.id, row.seconds]))
      return operations.map((id) => seconds.get(id) ?? Number.NaN)
    }
  }
  throw new Error('the operations did not end')
}
