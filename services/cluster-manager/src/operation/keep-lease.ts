import type { Log } from '@slipway/telemetry'
import type { Database } from '../store.ts'
import { renewLease } from './lease.ts'

/** Renewals in the life of a lease: five may fail before another replica takes over. */
const RENEWALS = 6

/**
 * Renews a lease until it is stopped. `onLost` is called once, at the latest when the lease may have ended unrenewed;
 * `onHeld` as soon as a renewal reads that a person cancelled or paused, also where the nudge went to another replica.
 */
export function keepLease(options: {
  db: Database
  id: string
  owner: string
  leaseMs: number
  log: Log
  onLost: () => void
  onHeld: () => void
}): () => void {
  const { db, id, owner, leaseMs, log, onLost, onHeld } = options
  let ended = false
  let watchdog = setTimeout(lose, leaseMs)
  let timer = setTimeout(renew, leaseMs / RENEWALS)

  function lose(): void {
    if (!ended) onLost()
    stop()
  }
  function stop(): void {
    ended = true
    clearTimeout(watchdog)
    clearTimeout(timer)
  }
  async function renew(): Promise<void> {
    try {
      const lease = await renewLease(db, id, { owner, leaseMs })
      if (ended) return
      if (lease === 'lost') return lose()
      clearTimeout(watchdog)
      watchdog = setTimeout(lose, leaseMs)
      if (lease.held) onHeld()
    } catch (error) {
      log.warn({ err: error, operation: id }, 'a lease was not renewed')
    }
    if (!ended) timer = setTimeout(renew, leaseMs / RENEWALS)
  }
  return stop
}
