import { bug } from '@slipway/errors'
import { inTransaction, lockClusterOf, type Transaction } from '../store.ts'
import { type AtWork, launch } from './at-work.ts'
import type { Bell } from './bell.ts'
import type { Driving } from './drive.ts'
import { isUnfinished } from './lifecycle.ts'
import { type Move, next } from './next.ts'
import { type Operation, runId, type Step } from './operation.ts'
import { type Recording, recordIn } from './record.ts'
import { cancelledByPerson, handedOver } from './step-context.ts'
import { readOperationById } from './store.ts'
import { takeTurn } from './take-turn.ts'

/** How long to wait at most where nobody rings: rows are the truth, rings only wake. */
const LOOK_AGAIN_MS = 10_000

/**
 * Moves an operation on, under its lease, until it ends or `halt` is aborted: reads rows, writes what follows, acts, waits
 * for a ring. Answers whether it ended, and its lease with it.
 */
export async function advance(
  driving: Driving,
  id: string,
  { halt, bell, here }: { halt: AbortController; bell: Bell; here: AtWork },
): Promise<'ended' | 'let go'> {
  const { db, owner, now, onMoved, committed } = driving
  const also = (tx: Transaction, moved: Operation) => onMoved(tx, moved, now())
  const lost = () => halt.abort(handedOver)

  while (!halt.signal.aborted) {
    const moved = await move()
    if (!moved) return 'let go'
    const { operation, adopt, start, lookAt, end } = moved
    if (end) return 'ended'
    if (operation.cancelling)
      for (const { controller } of here.running.values()) controller.abort(cancelledByPerson)
    const steps = [...adopt, ...operation.steps.filter(({ name }) => start.some((one) => one.name === name))]
    for (const step of steps) {
      if (step.state === 'running') launch(driving, here, { operation, step, rung: bell.ring, lost })
      else bell.ring()
    }
    await bell.wait(lookAt ? Math.max(1, lookAt.getTime() - now().getTime()) : LOOK_AGAIN_MS)
  }
  return 'let go'

  /**
   * Writes how steps ended here and what follows from that, all in one transaction; answers what is to be done. Nothing when
   * there is nothing to carry on. One transaction for each move made an operation of one step wait for the disk five times.
   */
  async function move(): Promise<(Move & { operation: Operation }) | undefined> {
    // Both before anything is read: what ends meanwhile is at work still in what is read, and never adopted.
    const endings = here.endings.splice(0)
    const atWork = new Set(here.running.keys())
    const known = endings.length === 0 ? await begun() : undefined
    if (known) {
      const move = next(known, atWork, now())
      if (recordingsOf(known, move).length === 0) return { ...move, operation: known }
    } else if (endings.length === 0) return undefined
    const moved = await inTransaction(db, async (tx) => {
      const locked = await lockClusterOf(tx, id)
      let before: Operation | undefined
      for (const ended of endings) before = await recordIn(tx, { ...ended, locked, before })
      const operation = before ?? known
      if (!operation) throw bug(`operation ${id} was moved by nothing`)
      const move = next(operation, atWork, now())
      for (const one of recordingsOf(operation, move)) before = await recordIn(tx, { ...one, locked, before })
      return { ...move, operation: before ?? operation }
    })
    committed()
    return moved
  }

  /** The operation as its rows are, planned when it only waited; nothing when there is nothing to carry on. */
  async function begun(): Promise<Operation | undefined> {
    const known = await readOperationById(db, id)
    const operation = known?.state === 'queued' ? await takeTurn(driving, known) : known
    return operation && isUnfinished(operation.state) ? operation : undefined
  }

  function recordingsOf(operation: Operation, { start, end }: Move): Recording[] {
    const at = { id, owner, now: now() }
    const startedAt = at.now
    const begins = operation.state === 'planned' && !operation.cancelling
    const steps = start.map((step) => ({
      ...at,
      ...(hasWork(operation, step) ? starting(operation, step, at.now) : passedOver(step, at.now)),
    }))
    return [
      ...(begins ? [{ ...at, fact: 'started', change: { state: 'running', startedAt } } as const] : []),
      ...steps,
      ...(end ? [{ ...at, fact: end.state, change: ending(end, at.now), also }] : []),
    ]
  }

  /** Every step has work to do; not every one has something to take back. */
  function hasWork({ kind, undoing }: Operation, step: Step): boolean {
    return !undoing || driving.meansOf(kind, step.name).undo !== undefined
  }

  function starting({ kind }: Operation, { name, ...step }: Step, startedAt: Date) {
    const attempt = step.attempt + 1
    const run = driving.meansOf(kind, name).runs ? runId(id, name, attempt) : ''
    const begun = { state: 'running', attempt, tries: step.tries + 1, retryAt: null, run, note: '' } as const
    const change = { ...begun, failure: null, startedAt, endedAt: null }
    return { fact: 'step-started', step: { name, change } } as const
  }
}

function passedOver({ name }: Step, endedAt: Date) {
  return { fact: 'step-undone', step: { name, change: { state: 'undone', endedAt } } } as const
}

/** The lease ends with the operation. */
function ending({ state, failure }: NonNullable<Move['end']>, now: Date) {
  const endedAt = state === 'paused' ? null : now
  return { state, failure: failure ?? null, endedAt, leaseOwner: null, leaseUntil: null }
}
