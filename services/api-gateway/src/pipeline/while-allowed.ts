import { toSlipwayError, unavailable } from '@slipway/errors'

/** A reader goes on for so long at most after the token or the membership ended, and as long as what was found holds. */
const LOOK_MS = 2_000

/** Who reads: `cut` aborts when the reader is gone or this service stops, `ending` ends the source. */
type Reader = { ending: AbortController; cut: AbortSignal; stillAllowed: () => Promise<unknown> }

/**
 * Hands on a stream for as long as its reader may read it: asks again and again, ends the source by `ending` and throws
 * the refusal when the answer is no. A question that can't be answered just now ends nothing.
 */
export async function* whileAllowed<T>(
  source: AsyncIterable<T>,
  { ending, cut, stillAllowed }: Reader,
): AsyncGenerator<T> {
  let refusal: Error | undefined
  let asking = false
  const ask = async () => {
    if (asking) return
    asking = true
    try {
      await stillAllowed()
    } catch (thrown) {
      const error = toSlipwayError(thrown)
      if (['Unauthenticated', 'Denied', 'NotFound'].includes(error.code)) {
        refusal = error
        ending.abort()
      }
    } finally {
      asking = false
    }
  }
  const timer = setInterval(() => void ask(), LOOK_MS)
  try {
    for await (const value of source) {
      if (refusal) throw refusal
      yield value
    }
    if (refusal) throw refusal
    // An end without an error says that there is no more to come, and this would not be true.
    if (cut.aborted) throw unavailable('stream', 'It was cut off here', 'Go on after the last cursor.')
  } finally {
    clearInterval(timer)
    ending.abort()
  }
}
