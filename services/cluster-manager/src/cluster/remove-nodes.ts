import { invalid } from '@slipway/errors'
import { removeNodes as flow } from '../flow/remove-nodes.ts'
import { type DrainWish, noWishes } from '../operation/operation.ts'
import { type Asked, type Change, type ChangeDeps, changeCluster } from './change.ts'
import { drainNotes } from './drain-notes.ts'
import { namedNodes, refuseUnlessRunning } from './refuse.ts'
import { seeNodes } from './see-nodes.ts'

/** Plans to take workers out of a running cluster, and unless it is a dry run begins to. */
export function removeNodes(
  deps: ChangeDeps,
  asked: Asked & { names: readonly string[]; leaveUnreachable: boolean; drain: DrainWish },
): Promise<Change> {
  return changeCluster(deps, asked, flow, async (whole) => {
    const { cluster } = whole
    refuseUnlessRunning(cluster)
    const nodes = namedNodes(cluster, asked.names)
    const kept = nodes.flatMap(({ name, role }) => (role === 'worker' ? [] : [name]))
    if (kept.length > 0) {
      const hint = 'Name workers only; a cluster goes away with its control plane by deleting it.'
      throw invalid([{ field: 'names', message: `${kept.join(', ')} is the control plane`, hint }])
    }
    const names = nodes.map(({ name }) => name)
    const { leaveUnreachable, drain } = asked
    const seen = await seeNodes(deps, whole, names)
    return {
      ...{ nodes, spec: cluster.spec, state: 'running' as const },
      wishes: {
        ...{ ...noWishes, leaveUnreachable, drain, nodes: names },
        ...{ change: { before: nodes, after: [] }, seen },
      },
      notes: await drainNotes(deps, whole, { nodes, drain }),
    }
  })
}
