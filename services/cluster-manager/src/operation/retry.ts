import type { Failure, Step } from './operation.ts'

/** Attempts of one step before a person has to act: with the pauses between them they outlast a network that is cut for a minute. */
const TRIES = 6
const FIRST_PAUSE_MS = 2_000

/** When a step that failed is tried again, or undefined when its failure is final. */
export function retryAt(step: Pick<Step, 'tries'>, failure: Failure, now: Date): Date | undefined {
  if (!failure.retryable || step.tries >= TRIES) return undefined
  return new Date(now.getTime() + FIRST_PAUSE_MS * 2 ** (step.tries - 1))
}
