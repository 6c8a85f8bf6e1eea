import { bug } from '@slipway/errors'
import { addToOutbox, type Database, inTransaction, lockCluster, type Transaction } from '../store.ts'
import { type OperationFact, operationEvent } from './events.ts'
import type { Operation, OperationState } from './operation.ts'
import { followQueue } from './queue.ts'
import {
  changeOperation,
  changeStep,
  clusterOf,
  keepAttempt,
  type OperationChange,
  readOperationById,
  type StepChange,
} from './store.ts'

/** What is written together: the change, its event, and what else hangs on it. */
export type Recording = {
  id: string
  /** The replica that must hold the lease; absent for what a person does. */
  owner?: string
  /** The state it must be in; absent where the lease says it all. */
  from?: OperationState
  fact: OperationFact
  change?: OperationChange
  step?: { name: string; change: StepChange }
  /** Name of the step that the event is about, where it is written elsewhere. */
  about?: string
  now: Date
  /** More within the same transaction: the cluster that moves with its operation. */
  also?: (tx: Transaction, operation: Operation) => Promise<void>
}

/** Somebody else moved the operation meanwhile: another replica carries it on, or it was resumed. Nothing is written. */
export class MovedMeanwhile extends Error {
  override readonly name = 'MovedMeanwhile'
}

/** Another operation has the cluster. */
export class ClusterTaken extends Error {
  override readonly name = 'ClusterTaken'
}

/** Writes one move of an operation and its event in one transaction, and answers the operation as it is then. */
export function record(db: Database, recording: Recording): Promise<Operation> {
  return inTransaction(db, (tx) => recordIn(tx, recording))
}

/** The same within a transaction that does more. A new state also moves the queue behind it. */
export async function recordIn(tx: Transaction, recording: Recording): Promise<Operation> {
  const { id, owner, from, fact, change = {}, step, about = step?.name ?? '', now, also } = recording
  if (change.state) await lockCluster(tx, (await clusterOf(tx, id)) ?? '')
  const outcome = await changeOperation(tx, { id, owner, from }, change)
  if (outcome === 'not-held') throw new MovedMeanwhile(id)
  if (outcome === 'cluster-taken') throw new ClusterTaken(id)
  if (step) await changeStep(tx, { operation: id, name: step.name }, step.change)
  const operation = await readOperationById(tx, id)
  if (!operation) throw bug(`operation ${id} vanished while it was written`)
  const moved = operation.steps.find((one) => one.name === step?.name)
  if (moved) await keepAttempt(tx, id, moved)
  await also?.(tx, operation)
  await addToOutbox(tx, [operationEvent(operation, { fact, step: about, now })])
  if (change.state) await followQueue(tx, operation.cluster, now)
  return operation
}
