import type { Role } from '@slipway/contracts'
import { exhausted } from '@slipway/errors'
import { addFacts, currentTraceparent } from '@slipway/telemetry'
import { addToOutbox, type Transaction } from '../store.ts'
import type { Intent } from './begin.ts'
import { operationEvent, operationNudge } from './events.ts'
import { noWishes, type Operation, untouched } from './operation.ts'
import { type InLine, lineOf } from './queue-store.ts'
import { changeOperation, insertOperation, readOperationById } from './store.ts'

/** Changes that wait for one cluster at most: who sends more does not look at what became of them. */
const LONGEST = 10

/** What somebody wants to be done to a cluster when its turn comes. */
export type Waiting = Omit<Intent, 'id' | 'plan' | 'grounds' | 'wishes'> & {
  nodes: readonly string[]
  planDigest: string
  /** The role that the asker has now. */
  createdAs: Role | undefined
  /** What it is to be planned with. */
  request: Record<string, unknown>
}

/**
 * Puts a change behind what is changing the cluster, or is to; nothing where it may begin at once. The cluster is
 * locked. The plan is made when its turn comes: what is before it moves what a plan would rest on.
 */
export async function queueOperation(
  tx: Transaction,
  { nodes, planDigest, createdAs, request, idempotencyKey, ...columns }: Waiting,
  { newId, now }: { newId: () => string; now: Date },
): Promise<Operation | undefined> {
  const { last, waiting } = await lineOf(tx, columns.cluster)
  const before = waiting.at(-1) ?? last
  if (!before || (waiting.length === 0 && !changesCluster(before))) return undefined
  if (waiting.length >= LONGEST) {
    const hint = 'Wait until one of them has begun, or cancel one.'
    throw exhausted('queue', `${LONGEST} changes of this cluster wait already`, hint)
  }
  // Made under the lock, so that ids are in the order of the queue.
  const id = newId()
  const operation: Operation = {
    ...{ ...columns, ...untouched, ...placeBehind(before), id, planDigest },
    ...{ state: 'queued', steps: [], turn: undefined, createdAt: now },
    wishes: { ...noWishes, nodes: [...nodes] },
  }
  addFacts({ 'slipway.operation': id, 'slipway.cluster': operation.cluster })
  const traceparent = currentTraceparent()
  await insertOperation(tx, operation, { plan: {}, request, createdAs, idempotencyKey, traceparent })
  await addToOutbox(tx, [operationEvent(operation, { fact: 'queued', now })])
  return operation
}

/**
 * Brings the queue of a cluster in line with what moved before it: wakes the first when its turn has come, and tells
 * the others what they wait for now. The cluster is locked.
 */
export async function followQueue(tx: Transaction, cluster: string, now: Date): Promise<void> {
  const { last, waiting } = await lineOf(tx, cluster)
  for (const [index, { id, queuedBehind, waits }] of waiting.entries()) {
    const before = index === 0 ? last : waiting[index - 1]
    if (!before || mayFollow(before)) {
      await addToOutbox(tx, [operationNudge(id)])
      continue
    }
    const place = placeBehind(before)
    if (place.queuedBehind === queuedBehind && place.waits === waits) continue
    await changeOperation(tx, { id }, place)
    const moved = await readOperationById(tx, id)
    if (moved) await addToOutbox(tx, [operationEvent(moved, { fact: 'queued', now })])
  }
}

/** The queued operation that is about to begin on a cluster, and how many wait; nobody else may begin before it. */
export async function firstToBegin(
  tx: Transaction,
  cluster: string,
): Promise<{ first: InLine | undefined; waiting: number }> {
  const { last, waiting } = await lineOf(tx, cluster)
  return { first: !last || mayFollow(last) ? waiting[0] : undefined, waiting: waiting.length }
}

/** The next may begin after it: it did what it was to do, or nothing is left of it. See `atItsTurn` for all of it. */
function mayFollow({ state }: InLine): boolean {
  return state === 'succeeded' || state === 'undone'
}

function changesCluster({ state }: InLine): boolean {
  return state === 'planned' || state === 'running' || state === 'paused'
}

function placeBehind({ id, kind, state }: InLine): Pick<Operation, 'queuedBehind' | 'waits'> {
  return { queuedBehind: id, waits: `Operation ${id} (${kind}) ${why(state)}.` }
}

function why(state: Operation['state']): string {
  if (state === 'queued') return 'comes first'
  if (state === 'paused') return 'is paused: resume or undo it, or cancel this one'
  if (state === 'failed') return 'failed: resume or undo it, or cancel this one'
  if (state === 'cancelled') return 'was cancelled: resume or undo it, or cancel this one'
  return 'is changing the cluster'
}
