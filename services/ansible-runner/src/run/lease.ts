import type { Context } from './context.ts'
import type { Reason } from './judge.ts'
import { LEASE_SECONDS, renewLease } from './store.ts'

const HEARTBEAT_MS = 2_000
// Before others may take the run: a replica that can't reach the database must not go on beside a new attempt.
const GIVE_UP_MS = (LEASE_SECONDS - 2) * 1_000

/** Keeps a run ours, and ends it when a cancel was asked for elsewhere or it isn't ours any more. */
export function holdLease(
  { db, owner, log }: Pick<Context, 'db' | 'owner' | 'log'>,
  run: string,
  end: (reason: Reason) => void,
): { release: () => void } {
  let renewed = performance.now()
  let asking = false
  const beat = async () => {
    if (performance.now() - renewed > GIVE_UP_MS) end('lost')
    if (asking) return
    asking = true
    const sent = performance.now()
    try {
      const lease = await renewLease(db, run, owner)
      if (!lease) return end('lost')
      renewed = sent
      if (lease.cancelRequested) end('cancelled')
    } catch (error) {
      log.warn({ err: error, run }, 'a lease could not be renewed')
    } finally {
      asking = false
    }
  }
  const timer = setInterval(beat, HEARTBEAT_MS)
  return { release: () => clearInterval(timer) }
}
