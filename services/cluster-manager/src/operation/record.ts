import { addToOutbox, type Database, inTransaction, lockClusterOf, type Transaction } from '../store.ts'
import { type OperationFact, operationEvent } from './events.ts'
import type { Operation, OperationState } from './operation.ts'
import { followQueue } from './queue.ts'
import {
  changeOperation,
  changeStep,
  keepAttempt,
  type OperationChange,
  type StepChange,
  stepsOf,
} from './store.ts'

/** What is written together: the change, its event, and what else hangs on it. */
export type Recording = {
  id: string
  /** Its cluster, where the caller has locked that already. */
  locked?: string
  /** As an earlier move in the same transaction left it. */
  before?: Operation | undefined
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
  const cluster = recording.locked ?? (change.state ? await lockClusterOf(tx, id) : undefined)
  const changed = await changeOperation(tx, { id, cluster, owner, from }, change)
  if (changed === 'not-held') throw new MovedMeanwhile(id)
  if (changed === 'cluster-taken') throw new ClusterTaken(id)
  const moved = step && (await changeStep(tx, { operation: id, name: step.name }, step.change))
  const steps = recording.before?.steps ?? (await stepsOf(tx, id))
  const operation = { ...changed, steps: steps.map((one) => (one.name === moved?.name ? moved : one)) }
  if (moved) await keepAttempt(tx, id, moved)
  await also?.(tx, operation)
  await addToOutbox(tx, [operationEvent(operation, { fact, step: about, now })])
  if (change.state) await followQueue(tx, operation.cluster, now)
  return operation
}
