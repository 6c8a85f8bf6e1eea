import type { NodeStatus } from '@slipway/kube'
import type { ServiceKey } from '@slipway/secrets'
import { readHosts } from '../host/read.ts'
import { pageOf, readPage } from '../page.ts'
import type { Database } from '../store.ts'
import { atApiServer } from './api-server.ts'
import type { Cluster, NodeRow, Sealed } from './cluster.ts'
import { readCluster } from './read.ts'
import { nodesOf, readSealed } from './store.ts'

/** What reaching a cluster's API server needs. */
export type ReachDeps = { db: Database; key: ServiceKey; now: () => Date }

/** A node as its API server says, and which of our hosts it is. */
export type SeenNode = { row: Pick<NodeRow, 'name' | 'host' | 'role'>; status: NodeStatus }

/** One page of the nodes that the API server knows, read now, by name. */
export async function listNodes(
  deps: ReachDeps,
  request: { project: string; id: string; pageSize: number; pageToken: string; signal: AbortSignal },
): Promise<{ rows: SeenNode[]; nextPageToken: string }> {
  const page = readPage(request, 'name')
  const { cluster, sealed, address } = await reach(deps.db, request.project, request.id)
  const rows = await nodesOf(deps.db, cluster.id)
  const statuses = await atApiServer({ ...deps, cluster, sealed, address, signal: request.signal }, (kube) =>
    kube.nodes(),
  )
  const seen = statuses
    .map((status) => ({ row: rows.find(({ name }) => name === status.name) ?? stranger(status), status }))
    .sort((a, b) => (a.status.name < b.status.name ? -1 : 1))
    .filter(({ status }) => page.after === undefined || status.name > page.after)
  return pageOf(seen, page, 'name', ({ status }) => status.name)
}

/** A living cluster with what opens its API server, and the address of that. */
export async function reach(
  db: Database,
  project: string,
  id: string,
): Promise<{ cluster: Cluster; sealed: Sealed; address: string }> {
  const cluster = await readCluster(db, project, id)
  const sealed = await readSealed(db, id)
  const node = cluster.spec.nodes.find(({ role }) => role === 'control-plane')
  const [host] = await readHosts(db, project, [node?.host ?? ''])
  return { cluster, sealed, address: host?.address ?? '' }
}

/** A node that somebody else joined: no host of ours. */
function stranger({ name, labels }: NodeStatus): SeenNode['row'] {
  const role = 'node-role.kubernetes.io/control-plane' in labels ? 'control-plane' : 'worker'
  return { name, host: '', role }
}
