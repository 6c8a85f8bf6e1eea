import type { OutboxRow } from '@slipway/bus'
import { addFacts, currentTraceparent } from '@slipway/telemetry'
import { addToOutbox, type Transaction } from '../store.ts'
import { operationEvent, operationNudge } from './events.ts'
import { type Grounds, keepGrounds } from './evidence-store.ts'
import type { Operation, OperationKind, Wishes } from './operation.ts'
import { insertOperation } from './store.ts'

/** A plan that somebody wants to be carried out. */
export type Intent = {
  id: string
  project: string
  cluster: string
  clusterName: string
  kind: OperationKind
  wishes: Wishes
  reason: string
  plan: {
    digest: string
    steps: readonly { name: string; title: string; nodes: string[]; needs: string[] }[]
  }
  /** Kept for its record. */
  grounds: Grounds
  createdBy: string
  idempotencyKey: string | undefined
}

/**
 * Writes a planned operation and wakes whoever carries it out, in the transaction of what else changes with it.
 * A unique violation: the cluster has an unfinished one, or the key was used.
 */
export async function beginOperation(
  tx: Transaction,
  intent: Intent,
  { now, more }: { now: Date; more: readonly OutboxRow[] },
): Promise<Operation> {
  const { plan, grounds, idempotencyKey, ...columns } = intent
  const operation: Operation = {
    ...columns,
    state: 'planned',
    cancelling: false,
    pausing: false,
    undoing: false,
    steps: plan.steps.map(({ name, title, nodes, needs }) => ({
      ...{ name, title, nodes, needs, state: 'pending', attempt: 0, tries: 0, run: '', note: '' },
      ...{ retryAt: undefined, failure: undefined, startedAt: undefined, endedAt: undefined },
    })),
    failure: undefined,
    version: 1,
    createdAt: now,
    startedAt: undefined,
    endedAt: undefined,
    planDigest: plan.digest,
    leftBehind: [],
  }
  addFacts({ 'slipway.operation': intent.id, 'slipway.cluster': intent.cluster })
  await insertOperation(tx, operation, { plan, idempotencyKey, traceparent: currentTraceparent() })
  await keepGrounds(tx, intent.id, grounds)
  await addToOutbox(tx, [
    ...more,
    operationEvent(operation, { fact: 'planned', now }),
    operationNudge(intent.id),
  ])
  return operation
}
