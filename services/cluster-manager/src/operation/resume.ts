import { conflict, notFound, precondition } from '@slipway/errors'
import { addFacts, currentTraceparent } from '@slipway/telemetry'
import { addToOutbox, type Database, inTransaction, type Transaction } from '../store.ts'
import { operationNudge } from './events.ts'
import { operationMayMove } from './lifecycle.ts'
import type { Operation } from './operation.ts'
import { ClusterTaken, MovedMeanwhile, recordIn } from './record.ts'
import { findUnfinished, operationIds, readOperation, reopenSteps } from './store.ts'

/** Goes on with a failed or cancelled operation at the first step that has not succeeded. */
export async function resumeOperation(
  deps: {
    db: Database
    now: () => Date
    onMoved: (tx: Transaction, operation: Operation, now: Date) => Promise<void>
  },
  { project, id }: { project: string; id: string },
): Promise<Operation> {
  const { db, now, onMoved } = deps
  const known = await readOperation(db, project, id)
  if (!known) throw notFound('operation', id)
  try {
    return await inTransaction(db, async (tx) => {
      await refuseUnlessResumable(tx, known)
      await reopenSteps(tx, id)
      addFacts({ 'slipway.operation': id, 'slipway.cluster': known.cluster })
      const traceparent = currentTraceparent() ?? null
      const operation = await recordIn(tx, {
        id,
        from: known.state,
        fact: 'resumed',
        change: { state: 'running', cancelling: false, failure: null, endedAt: null, traceparent },
        now: now(),
        also: (also, moved) => onMoved(also, moved, now()),
      })
      await addToOutbox(tx, [operationNudge(id)])
      return operation
    })
  } catch (error) {
    if (error instanceof MovedMeanwhile) throw notResumable(id, 'was resumed already')
    if (!(error instanceof ClusterTaken)) throw error
    throw await clusterTaken(db, known.cluster)
  }
}

/** The refusal of a second operation on a cluster; it names the first. */
export async function clusterTaken(db: Database, cluster: string): Promise<Error> {
  const other = await findUnfinished(db, cluster)
  return conflict(
    `operation ${other?.id ?? ''}`.trim(),
    `${other?.kind ?? 'another operation'} is changing this cluster`,
    'Wait until it has ended, or cancel it.',
  )
}

async function refuseUnlessResumable(tx: Transaction, { id, state, cluster }: Operation): Promise<void> {
  if (!operationMayMove(state, 'running') || state === 'planned') throw notResumable(id, `is ${state}`)
  const [newest] = await operationIds(tx, cluster)
  if (newest && newest !== id) {
    const hint = 'Resume that one, or begin anew.'
    throw precondition([{ field: `operation ${id}`, message: `was followed by operation ${newest}`, hint }])
  }
}

function notResumable(id: string, message: string): Error {
  const hint = 'Only a failed or cancelled operation can be resumed.'
  return precondition([{ field: `operation ${id}`, message, hint }])
}
