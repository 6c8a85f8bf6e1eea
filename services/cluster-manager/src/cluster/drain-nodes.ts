import { drain as flow } from '../flow/drain-nodes.ts'
import { type DrainWish, noWishes } from '../operation/operation.ts'
import { type Asked, type Change, type ChangeDeps, changeCluster } from './change.ts'
import { drainNotes } from './drain-notes.ts'
import { namedNodes, refuseUnlessRunning } from './refuse.ts'
import { seeNodes } from './see-nodes.ts'

/** Plans to move all workloads away from nodes, and unless it is a dry run begins to; they stay cordoned. */
export function drainNodes(
  deps: ChangeDeps,
  asked: Asked & { names: readonly string[]; drain: DrainWish },
): Promise<Change> {
  return changeCluster(deps, asked, flow, async (whole) => {
    const { cluster } = whole
    refuseUnlessRunning(cluster)
    const { drain } = asked
    const nodes = namedNodes(cluster, asked.names)
    const names = nodes.map(({ name }) => name)
    const seen = await seeNodes(deps, whole, names)
    return {
      ...{ nodes, spec: cluster.spec, state: 'running' as const },
      wishes: { ...noWishes, drain, nodes: names, seen },
      notes: await drainNotes(deps, whole, { nodes, drain }),
    }
  })
}
