import { isSlipwayError } from '@slipway/errors'

/** An API server that restarts is back within it. */
const SILENCE_MS = 60_000

/** Makes a look that `until` repeats bear an API server that is away, for a minute at most. */
export function patient<T>(
  look: () => Promise<T | undefined>,
  now: () => Date,
): () => Promise<T | undefined> {
  let silentSince: number | undefined
  return async () => {
    try {
      const answer = await look()
      silentSince = undefined
      return answer
    } catch (error) {
      const at = now().getTime()
      silentSince ??= at
      if (!isSlipwayError(error) || !error.retryable || at - silentSince > SILENCE_MS) throw error
      return undefined
    }
  }
}
