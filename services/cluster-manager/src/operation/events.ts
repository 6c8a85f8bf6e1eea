import { eventRow, type OutboxRow, workSubject } from '@slipway/bus'
import { OperationEvent } from '@slipway/contracts/event/v1/event'
import { v7 as uuidv7 } from 'uuid'
import type { Operation } from './operation.ts'
import { toWire } from './wire.ts'

/** What can be said of an operation. */
export type OperationFact =
  | 'queued'
  | 'planned'
  | 'started'
  | 'step-started'
  | 'step-progressed'
  | 'step-succeeded'
  | 'step-failed'
  | 'step-cancelled'
  | 'succeeded'
  | 'failed'
  | 'step-undone'
  | 'step-skipped'
  | 'cancelled'
  | 'paused'
  | 'undoing'
  | 'undone'
  | 'resumed'

/** The event of a move, with the whole operation as it is afterwards. */
export function operationEvent(
  operation: Operation,
  { fact, step = '', now }: { fact: OperationFact; step?: string; now: Date },
): OutboxRow {
  const data = OperationEvent.toJSON({ operation: toWire(operation), step })
  const { project, id, version } = operation
  return eventRow('cluster-manager', { project, noun: 'operation', id, fact, sequence: version, data }, now)
}

/** Where replicas are told that an operation has something to do. */
export const operationWork = workSubject('cluster-manager', 'operation')

/** Wakes whichever replica hears it; rows are the truth, so a lost one only costs time. */
export function operationNudge(id: string): OutboxRow {
  return { id: uuidv7(), subject: operationWork, body: JSON.stringify({ operation: id }) }
}
