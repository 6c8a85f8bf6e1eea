import type { Operation, OperationKind } from '../operation/operation.ts'
import { queueOperation } from '../operation/queue.ts'
import { operationOfCall } from '../operation/read.ts'
import { inTransaction, lockCluster } from '../store.ts'
import type { Asked, ChangeDeps } from './change.ts'
import type { Cluster } from './cluster.ts'

/**
 * Puts a change that may wait behind what is changing the cluster, as it was asked for; `begin-queued.ts` takes it up
 * at its turn. Nothing where it is not to wait, or need not.
 */
export async function queueChange(
  { db, newId, outbox, now }: ChangeDeps,
  asked: Asked,
  { cluster, kind }: { cluster: Cluster; kind: OperationKind },
): Promise<Operation | undefined> {
  const { project, id, planDigest, idempotencyKey, queue, dryRun, turn, ...unplanned } = asked
  const { reason, createdBy, createdAs, ...request } = unplanned
  if (!queue || dryRun || turn) return undefined
  const about = { project, cluster: id, clusterName: cluster.name, kind, reason, createdBy, idempotencyKey }
  const queued = await inTransaction(db, async (tx) => {
    await lockCluster(tx, id)
    const before = await operationOfCall(tx, project, idempotencyKey)
    const nodes = asked.names ?? []
    const waiting = { ...about, nodes, planDigest, createdAs, request }
    return before ?? queueOperation(tx, waiting, { newId, now: now() })
  })
  outbox.nudge()
  return queued
}
