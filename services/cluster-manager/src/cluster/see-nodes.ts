import { precondition } from '@slipway/errors'
import { readHosts } from '../host/read.ts'
import type { SeenNode } from '../operation/operation.ts'
import { atApiServer } from './api-server.ts'
import type { ChangeDeps, Whole } from './change.ts'

/**
 * Asks a cluster's API server for nodes as they are now: a plan that changes them rests on it, and an undo brings it
 * back. One that the API server does not know is left out.
 */
export function seeNodes(deps: ChangeDeps, whole: Whole, names: readonly string[]): Promise<SeenNode[]> {
  return askApiServer(deps, whole, async (kube) => {
    const statuses = await Promise.all(names.map((name) => kube.node(name)))
    return statuses.flatMap((status) =>
      status
        ? [{ name: status.name, labels: status.labels, taints: status.taints, cordoned: !status.schedulable }]
        : [],
    )
  })
}

const ASK_MS = 15_000

/** Asks the API server of a cluster that is to be changed; it must answer before anything is planned. */
export async function askApiServer<T>(
  { db, key, now }: ChangeDeps,
  { cluster, sealed }: Whole,
  ask: Parameters<typeof atApiServer<T>>[1],
): Promise<T> {
  const controlPlane = cluster.spec.nodes.find(({ role }) => role === 'control-plane')
  const [host] = await readHosts(db, cluster.project, [controlPlane?.host ?? ''])
  const signal = AbortSignal.timeout(ASK_MS)
  const at = { key, cluster, sealed, address: host?.address ?? '', now, signal }
  return atApiServer(at, ask).catch((error) => {
    if (!signal.aborted) throw error
    const hint = 'Check that the control plane runs and can be reached from here.'
    const message = `its API server did not answer within ${ASK_MS / 1000} s`
    throw precondition([{ field: `cluster ${cluster.name}`, message, hint }])
  })
}
