import { isSlipwayError } from '@slipway/errors'

/** One move of an operation, as it was published. */
export type ToldEvent = { sequence: number; at: string; fact: string; step: string; note: string }

/** After so long without the next event it is not in the stream: older than what that keeps, or not published yet. */
const MISSED_MS = 5_000

/**
 * The events of an operation up to a version of it, each once. What the stream does not have is named: a record without
 * its events is still one.
 */
export async function readEvents(
  source: (signal: AbortSignal) => AsyncIterable<ToldEvent>,
  { version, signal }: { version: number; signal: AbortSignal },
): Promise<{ events: ToldEvent[]; missing: string[] }> {
  const enough = new AbortController()
  const late = setTimeout(() => enough.abort(), MISSED_MS)
  const events: ToldEvent[] = []
  const last = () => events.at(-1)?.sequence ?? 0
  try {
    for await (const event of source(AbortSignal.any([signal, enough.signal]))) {
      if (event.sequence <= last()) continue
      if (event.sequence > version) break
      events.push(event)
      late.refresh()
      if (last() === version) break
    }
  } catch (thrown) {
    if (!isSlipwayError(thrown) || thrown.code !== 'Unavailable') throw thrown
  } finally {
    clearTimeout(late)
  }
  const gaps = events.length < version ? [`${version - events.length} of ${version} events`] : []
  return { events, missing: gaps }
}
