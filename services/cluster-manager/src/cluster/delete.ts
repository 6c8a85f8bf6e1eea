import { precondition } from '@slipway/errors'
import { deleteCluster as flow } from '../flow/delete-cluster.ts'
import { noWishes, type Wishes } from '../operation/operation.ts'
import { type Asked, type Change, type ChangeDeps, changeCluster } from './change.ts'

/** Plans to delete a cluster, and unless it is a dry run begins to. A failed create or delete can be deleted too. */
export function deleteCluster(
  deps: ChangeDeps,
  asked: Asked & Pick<Wishes, 'forget' | 'leaveUnreachable'>,
): Promise<Change> {
  const { forget, leaveUnreachable } = asked
  return changeCluster(deps, asked, flow, async ({ cluster: { name, state, spec } }) => {
    if (state === 'deleted') {
      const hint = 'Its hosts are free and its name can be used again.'
      throw precondition([{ field: `cluster ${name}`, message: 'is deleted already', hint }])
    }
    const wishes = { ...noWishes, forget, leaveUnreachable }
    return { wishes, spec, nodes: spec.nodes, state: 'deleting' }
  })
}
