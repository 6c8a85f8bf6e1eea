import { isSlipwayError, SlipwayError } from '@slipway/errors'

/** Anybody may ask, so that what writes to a disk is not asked for each of them. */
const HOLDS_MS = 2_000

/**
 * Whether a service can do all that it may be asked: each check throws Unavailable when it can't. Throws that with
 * everything that is wrong.
 */
export function readiness(checks: readonly (() => Promise<unknown>)[]): () => Promise<void> {
  return async () => {
    const outcomes = await Promise.allSettled(checks.map((check) => check()))
    const problems = outcomes.flatMap((outcome) => {
      if (outcome.status === 'fulfilled') return []
      if (!isSlipwayError(outcome.reason)) throw outcome.reason
      return outcome.reason.problems
    })
    if (problems.length === 0) return
    throw new SlipwayError('Unavailable', problems.map(({ message }) => message).join(' '), problems)
  }
}

/** A check whose good answer holds for a moment, and that is not made twice at once. */
export function held(check: () => Promise<unknown>, now: () => Date): () => Promise<void> {
  let until = 0
  let asked: Promise<void> | undefined
  return async () => {
    if (now().getTime() < until) return
    asked ??= check()
      .then(() => {
        until = now().getTime() + HOLDS_MS
      })
      .finally(() => {
        asked = undefined
      })
    await asked
  }
}
