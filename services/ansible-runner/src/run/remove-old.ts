import type { Context } from './context.ts'
import { removeRuns } from './store.ts'

const SWEEP_MS = 3_600_000
const DAY_MS = 86_400_000
// A run may have hundreds of blocks: few at once keep transactions short.
const AT_ONCE = 20

/** Removes old runs now and every hour from then on, shared by all replicas. Answers the function that stops it. */
export function sweepOldRuns(context: Context, keptDays: number): () => Promise<void> {
  const ending = new AbortController()
  const sweep = async () => {
    try {
      const removed = await removeOldRuns(context, { keptDays, atOnce: AT_ONCE, signal: ending.signal })
      if (removed > 0) context.log.info({ removed, keptDays }, 'output of old runs was removed')
    } catch (error) {
      context.log.warn({ err: error }, 'old runs could not be removed')
    }
  }
  let sweeping = sweep()
  const timer = setInterval(() => {
    sweeping = sweeping.then(sweep)
  }, SWEEP_MS)
  return async () => {
    clearInterval(timer)
    ending.abort()
    await sweeping
  }
}

/**
 * Removes output and results of runs, some at once, and answers of how many. An operation's runs go together, when none is
 * unfinished and the last one ended `keptDays` ago: only its owner knows whether it is over, but as its steps have deadlines
 * of minutes, one that is silent for days waits for a person at most, and goes on with new attempts.
 */
export async function removeOldRuns(
  { db, now }: Pick<Context, 'db' | 'now'>,
  { keptDays, atOnce, signal }: { keptDays: number; atOnce: number; signal: AbortSignal },
): Promise<number> {
  const before = new Date(now().getTime() - keptDays * DAY_MS)
  let removed = 0
  while (!signal.aborted) {
    const count = await removeRuns(db, { before, now: now(), limit: atOnce })
    removed += count
    if (count < atOnce) break
  }
  return removed
}
