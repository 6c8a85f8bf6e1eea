import type { Failure, Step } from './operation.ts'

/** Attempts of one step before a person has to act. */
const TRIES = 3
const FIRST_PAUSE_MS = 2_000
const LONGEST_PAUSE_MS = 30_000

/** When a step that failed is tried again, or undefined when its failure is final. */
export function retryAt(step: Pick<Step, 'tries'>, failure: Failure, now: Date): Date | undefined {
  if (!failure.retryable || step.tries >= TRIES) return undefined
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (step.tries - 1), LONGEST_PAUSE_MS)
  return new Date(now.getTime() + pause)
}
