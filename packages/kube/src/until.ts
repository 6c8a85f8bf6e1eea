import { setTimeout as pause } from 'node:timers/promises'

const EVERY_MS = 300

/**
 * Looks again and again until there is an answer, or the signal aborts (then its reason is thrown).
 * For conditions that come within seconds; a look costs the API server one request.
 */
export async function until<T>(
  look: () => Promise<T | undefined>,
  { signal, everyMs = EVERY_MS }: { signal: AbortSignal; everyMs?: number },
): Promise<T> {
  for (;;) {
    signal.throwIfAborted()
    const answer = await look()
    if (answer !== undefined) return answer
    await pause(everyMs, undefined, { signal })
  }
}
