import type { Transaction } from '../store.ts'
import type { Bell } from './bell.ts'
import type { Driving } from './drive.ts'
import { isUnfinished } from './lifecycle.ts'
import { next } from './next.ts'
import { type Operation, runId, type Step } from './operation.ts'
import { perform } from './perform.ts'
import { record } from './record.ts'
import { cancelledByPerson, handedOver } from './step-context.ts'
import { readOperationById } from './store.ts'
import { takeTurn } from './take-turn.ts'

/** The steps that this replica is carrying out, by name. */
export type Running = Map<string, { controller: AbortController; ended: Promise<void> }>

/** How long to wait at most where nobody rings: rows are the truth, rings only wake. */
const LOOK_AGAIN_MS = 10_000

/** Moves an operation on, under its lease, until it ends or `halt` is aborted: reads rows, acts, waits for a ring. */
export async function advance(
  driving: Driving,
  id: string,
  { halt, bell, here }: { halt: AbortController; bell: Bell; here: Running },
): Promise<void> {
  const { db, owner, now, log, onMoved, committed } = driving
  const also = (tx: Transaction, moved: Operation) => onMoved(tx, moved, now())

  while (!halt.signal.aborted) {
    const operation = await begun()
    if (!operation) return
    if (operation.cancelling) for (const { controller } of here.values()) controller.abort(cancelledByPerson)
    const { adopt, start, lookAt, end } = next(operation, new Set(here.keys()), now())
    if (end) {
      const endedAt = end.state === 'paused' ? null : now()
      const change = { state: end.state, failure: end.failure ?? null, endedAt }
      await record(db, { id, owner, fact: end.state, change, now: now(), also })
      committed()
      return
    }
    for (const step of adopt) launch(operation, step)
    for (const step of start) await (hasWork(operation, step) ? begin(operation, step) : passOver(step))
    await bell.wait(lookAt ? Math.max(1, lookAt.getTime() - now().getTime()) : LOOK_AGAIN_MS)
  }

  /** The operation as its rows are, started when it only waited; nothing when there is nothing to carry on. */
  async function begun(): Promise<Operation | undefined> {
    const known = await readOperationById(db, id)
    const operation = known?.state === 'queued' ? await takeTurn(driving, known) : known
    if (operation?.state === 'planned' && !operation.cancelling) {
      const change = { state: 'running', startedAt: now() } as const
      const started = await record(db, { id, owner, fact: 'started', change, now: now(), also })
      committed()
      return started
    }
    return operation && isUnfinished(operation.state) ? operation : undefined
  }

  /** Every step has work to do; not every one has something to take back. */
  function hasWork({ kind, undoing }: Operation, step: Step): boolean {
    return !undoing || driving.meansOf(kind, step.name).undo !== undefined
  }

  async function passOver({ name }: Step): Promise<void> {
    const change = { state: 'undone', endedAt: now() } as const
    await record(db, { id, owner, fact: 'step-undone', step: { name, change }, now: now() })
    committed()
    bell.ring()
  }

  async function begin({ kind }: Operation, step: Step): Promise<void> {
    const attempt = step.attempt + 1
    const change = {
      state: 'running',
      attempt,
      tries: step.tries + 1,
      retryAt: null,
      run: driving.meansOf(kind, step.name).runs ? runId(id, step.name, attempt) : '',
      note: '',
      failure: null,
      startedAt: now(),
      endedAt: null,
    } as const
    const operation = await record(db, {
      id,
      owner,
      fact: 'step-started',
      step: { name: step.name, change },
      now: now(),
    })
    committed()
    const started = operation.steps.find((one) => one.name === step.name)
    if (started) launch(operation, started)
  }

  function launch(operation: Operation, step: Step): void {
    const controller = new AbortController()
    const ended = perform(driving, { operation, step, signal: controller.signal }).catch((error) => {
      // Its end was not written: let go, and whoever takes the operation next adopts the attempt.
      log.warn({ err: error, operation: id, step: step.name }, 'the end of a step was not written')
      halt.abort(handedOver)
    })
    here.set(step.name, { controller, ended })
    void ended.finally(() => {
      here.delete(step.name)
      bell.ring()
    })
  }
}
