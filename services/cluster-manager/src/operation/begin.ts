import type { OutboxRow } from '@slipway/bus'
import { addFacts, currentTraceparent } from '@slipway/telemetry'
import { addToOutbox, type Transaction } from '../store.ts'
import { operationEvent, operationNudge } from './events.ts'
import { type Grounds, keepGrounds } from './evidence-store.ts'
import { type Operation, type OperationKind, untouched, type Wishes } from './operation.ts'
import { fillQueued, nextTurn } from './queue-store.ts'
import { MovedMeanwhile } from './record.ts'
import { insertOperation, insertSteps, readOperationById } from './store.ts'

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
 * Writes a planned operation and wakes whoever carries it out, in the transaction of what else changes with it; the
 * cluster is locked, or nobody knows it yet. With `queued` the one of that id that waited becomes it.
 * A unique violation: the cluster has an unfinished one, or the key was used.
 */
export async function beginOperation(
  tx: Transaction,
  intent: Intent,
  { now, more, queued = false }: { now: Date; more: readonly OutboxRow[]; queued?: boolean },
): Promise<Operation> {
  const { plan, grounds, idempotencyKey, ...columns } = intent
  const planned: Operation = {
    ...{ ...columns, ...untouched, state: 'planned', queuedBehind: '', waits: '', createdAt: now },
    turn: await nextTurn(tx, intent.cluster),
    steps: plan.steps.map(({ name, title, nodes, needs }) => ({
      ...{ name, title, nodes, needs, state: 'pending', attempt: 0, tries: 0, run: '', note: '' },
      ...{ retryAt: undefined, failure: undefined, startedAt: undefined, endedAt: undefined },
    })),
    planDigest: plan.digest,
  }
  addFacts({ 'slipway.operation': intent.id, 'slipway.cluster': intent.cluster })
  const traceparent = currentTraceparent()
  const operation = queued ? await continued(tx, planned) : planned
  if (queued) {
    await fillQueued(tx, operation, { plan, traceparent })
    await insertSteps(tx, operation.id, operation.steps)
  } else await insertOperation(tx, operation, { plan, idempotencyKey, traceparent })
  await keepGrounds(tx, intent.id, grounds)
  await addToOutbox(tx, [
    ...more,
    operationEvent(operation, { fact: 'planned', now }),
    operationNudge(intent.id),
  ])
  return operation
}

/** The planned operation as what becomes of the one that waited. */
async function continued(tx: Transaction, planned: Operation): Promise<Operation> {
  const waited = await readOperationById(tx, planned.id)
  if (waited?.state !== 'queued') throw new MovedMeanwhile(planned.id)
  return { ...planned, version: waited.version + 1, createdAt: waited.createdAt }
}
