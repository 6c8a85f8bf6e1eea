import type { Failure, Operation, OperationState, Step } from './operation.ts'

/** What is to be done with an operation now. */
export type Move = {
  /** Steps to start as a new attempt: forward, or backward when the operation is being undone. */
  start: Step[]
  /** Steps that run according to their rows, but not here: a dead replica's, taken on with the same attempt. */
  adopt: Step[]
  /** When to look again at the latest, for a retry that is due later. */
  lookAt: Date | undefined
  /** How the operation ends or rests, once nothing of it runs. */
  end:
    | { state: Exclude<OperationState, 'queued' | 'planned' | 'running'>; failure: Failure | undefined }
    | undefined
}

/** Steps of one operation that run at once: independent ones need not wait, hosts are not to be flooded. */
const STEPS_AT_ONCE = 8

/** Decides from rows alone; `here` names the steps that this replica is carrying out. */
export function next(operation: Operation, here: ReadonlySet<string>, now: Date): Move {
  const { steps, cancelling, pausing, undoing } = operation
  const running = steps.filter((step) => step.state === 'running')
  const adopt = running.filter((step) => !here.has(step.name))
  const failed = firstFailed(steps)
  const held = cancelling || pausing || failed !== undefined
  const isReady = undoing ? mayBeUndone : needsAreMet
  const ready = held ? [] : steps.filter((step) => step.state === 'pending' && isReady(step, steps))
  const due = ready.filter((step) => step.retryAt === undefined || step.retryAt <= now)
  const start = due.slice(0, Math.max(0, STEPS_AT_ONCE - running.length))
  const later = ready.flatMap((step) => (step.retryAt && step.retryAt > now ? [step.retryAt] : []))
  const idle = running.length === 0 && here.size === 0 && start.length === 0 && later.length === 0
  return { start, adopt, lookAt: earliest(later), end: idle ? endOf(operation, failed) : undefined }
}

function endOf({ steps, cancelling, pausing, undoing }: Operation, failed: Step | undefined): Move['end'] {
  if (undoing ? !steps.some(isTouched) : steps.every(isDone)) {
    return { state: undoing ? 'undone' : 'succeeded', failure: undefined }
  }
  if (failed) return { state: 'failed', failure: failed.failure }
  if (cancelling) return { state: 'cancelled', failure: undefined }
  if (pausing) return { state: 'paused', failure: undefined }
  return undefined
}

/** Nothing more is to be done of it, going forward. */
function isDone({ state }: Step): boolean {
  return state === 'succeeded' || state === 'skipped'
}

/** It has begun at some time, so it may have changed something that is not undone yet. */
export function isTouched({ attempt, state }: Step): boolean {
  return attempt > 0 && state !== 'undone'
}

/** The first cause is the one that is kept. */
function firstFailed(steps: readonly Step[]): Step | undefined {
  return steps
    .filter((step) => step.state === 'failed')
    .sort((a, b) => (a.endedAt?.getTime() ?? 0) - (b.endedAt?.getTime() ?? 0))[0]
}

function needsAreMet(step: Step, steps: readonly Step[]): boolean {
  return step.needs.every((name) => steps.some((one) => one.name === name && isDone(one)))
}

/** The last is undone first: whatever needs a step is taken back before it. */
function mayBeUndone(step: Step, steps: readonly Step[]): boolean {
  return isTouched(step) && !steps.some((one) => one.needs.includes(step.name) && isTouched(one))
}

function earliest(dates: readonly Date[]): Date | undefined {
  return [...dates].sort((a, b) => a.getTime() - b.getTime())[0]
}
