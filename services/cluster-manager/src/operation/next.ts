import type { Failure, Operation, Step } from './operation.ts'

/** What is to be done with an operation now. */
export type Move = {
  /** Steps to start as a new attempt. */
  start: Step[]
  /** Steps that run according to their rows, but not here: a dead replica's, taken on with the same attempt. */
  adopt: Step[]
  /** When to look again at the latest, for a retry that is due later. */
  lookAt: Date | undefined
  /** How the operation ends, once nothing of it runs. */
  end: { state: 'succeeded' | 'failed' | 'cancelled'; failure: Failure | undefined } | undefined
}

/** Decides from rows alone; `here` names the steps that this replica is carrying out. */
export function next(operation: Operation, here: ReadonlySet<string>, now: Date): Move {
  const { steps, cancelling } = operation
  const running = steps.filter((step) => step.state === 'running')
  const adopt = running.filter((step) => !here.has(step.name))
  const failed = firstFailed(steps)
  const held = cancelling || failed !== undefined
  const ready = held ? [] : steps.filter((step) => step.state === 'pending' && needsAreMet(step, steps))
  const start = ready.filter((step) => step.retryAt === undefined || step.retryAt <= now)
  const later = ready.flatMap((step) => (step.retryAt && step.retryAt > now ? [step.retryAt] : []))
  const idle = running.length === 0 && here.size === 0 && start.length === 0 && later.length === 0
  return { start, adopt, lookAt: earliest(later), end: idle ? endOf(operation, failed) : undefined }
}

function endOf({ steps, cancelling }: Operation, failed: Step | undefined): Move['end'] {
  if (steps.every((step) => step.state === 'succeeded')) return { state: 'succeeded', failure: undefined }
  if (failed) return { state: 'failed', failure: failed.failure }
  if (cancelling) return { state: 'cancelled', failure: undefined }
  return undefined
}

/** The first cause is the one that is kept. */
function firstFailed(steps: readonly Step[]): Step | undefined {
  return steps
    .filter((step) => step.state === 'failed')
    .sort((a, b) => (a.endedAt?.getTime() ?? 0) - (b.endedAt?.getTime() ?? 0))[0]
}

function needsAreMet(step: Step, steps: readonly Step[]): boolean {
  return step.needs.every((name) => steps.find((one) => one.name === name)?.state === 'succeeded')
}

function earliest(dates: readonly Date[]): Date | undefined {
  return [...dates].sort((a, b) => a.getTime() - b.getTime())[0]
}
