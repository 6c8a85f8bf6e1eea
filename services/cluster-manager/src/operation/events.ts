import { eventRow, type OutboxRow, workSubject } from '@slipway/bus'
import { OperationEvent } from '@slipway/contracts/event/v1/event'
import { v7 as uuidv7 } from 'uuid'
import { withHappening } from '../happening/happening.ts'
import type { ToldRow } from '../store.ts'
import type { Operation, Step } from './operation.ts'
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
): ToldRow {
  const data = OperationEvent.toJSON({ operation: toWire(operation), step })
  const { project, id, cluster, version } = operation
  const event = { project, noun: 'operation', id, fact, sequence: version, data } as const
  const row = eventRow('cluster-manager', event, now)
  if (onlyOfItself.has(fact)) return row
  const about = operation.steps.find(({ name }) => name === step)
  const detail = whyOf(operation, fact, about)
  return withHappening(row, { ...event, cluster, name: about?.title ?? '', detail, operation: id, at: now })
}

/** What stands with the operation alone: steps that come and go as they should are not what happened to its cluster. */
const onlyOfItself: ReadonlySet<OperationFact> = new Set([
  ...(['step-started', 'step-progressed', 'step-succeeded', 'step-cancelled', 'step-undone'] as const),
])

/** Why it came to that, as far as it is known. */
function whyOf(operation: Operation, fact: OperationFact, step: Step | undefined): string {
  if (fact === 'queued') return operation.waits
  if (fact === 'planned') return operation.reason
  if (fact === 'step-skipped') return step?.note ?? ''
  const failure = fact === 'step-failed' ? step?.failure : fact === 'failed' ? operation.failure : undefined
  return failure ? [failure.host, failure.message].filter(Boolean).join(': ') : ''
}

/** Where replicas are told that an operation has something to do. */
export const operationWork = workSubject('cluster-manager', 'operation')

/** Wakes whichever replica hears it; rows are the truth, so a lost one only costs time. */
export function operationNudge(id: string): OutboxRow {
  return { id: uuidv7(), subject: operationWork, body: JSON.stringify({ operation: id }) }
}
