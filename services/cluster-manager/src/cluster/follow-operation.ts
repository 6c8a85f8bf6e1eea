import { releaseHosts } from '../host/claim.ts'
import type { Operation } from '../operation/operation.ts'
import { addToOutbox, type Transaction } from '../store.ts'
import { clusterEvent, nodeEvent } from './events.ts'
import { reasonDuring, stateDuring } from './lifecycle.ts'
import { readCluster } from './read.ts'
import { moveCluster, moveNode, nodesOf } from './store.ts'

/**
 * Moves a cluster with its operation, in the same transaction. When it is deleted its hosts are free and its nodes are
 * gone. Nothing happens where the cluster is in that state already.
 */
export async function followOperation(tx: Transaction, operation: Operation, now: Date): Promise<void> {
  const { project, cluster: id, kind, state, failure } = operation
  const known = await readCluster(tx, project, id)
  const next = stateDuring(kind, state)
  if (known.state === next && known.operation === operation.id) return
  const stateReason = reasonDuring(kind, state, failure?.message)
  const cluster = await moveCluster(tx, id, { state: next, stateReason, operation: operation.id })
  await addToOutbox(tx, [clusterEvent(cluster, next, now)])
  if (next !== 'deleted') return
  for (const node of await nodesOf(tx, id)) {
    const moved = node.state === 'wished' ? undefined : await moveNode(tx, node.id, 'removed')
    if (moved) await addToOutbox(tx, [nodeEvent(moved, { fact: 'removed', now })])
  }
  await releaseHosts(tx, { project, cluster: id, now })
}
