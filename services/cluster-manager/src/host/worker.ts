import { type Bus, consume } from '@slipway/bus'
import { withTrace } from '@slipway/telemetry'
import { addToOutbox, inTransaction } from '../store.ts'
import { gatheringSubject, gatheringWork, readGatheringWork } from './events.ts'
import { carryOutGathering, type GatherDeps } from './gather.ts'
import { findStaleGatherings, takeUpGathering } from './store.ts'

// A run of ansible-runner each; more only wait there.
const AT_ONCE = 4
// Whoever works on a gathering says so every 20 s.
const STALE_MS = 45_000
const SWEEP_MS = 10_000

/**
 * Carries gatherings out in the background, shared by all replicas: a message wakes one of them, and one whose
 * worker died comes again. A sweep takes up what a lost message or a dead process left. Close it before bus and database.
 */
export async function openGatherings(
  deps: GatherDeps & { bus: Bus },
): Promise<{ close: () => Promise<void> }> {
  const { bus, log } = deps
  const ending = new AbortController()
  const stop = await consume({
    bus,
    stream: 'WORK',
    durable: 'cluster-manager-gathering',
    filter: gatheringSubject,
    atOnce: AT_ONCE,
    log,
    handle: (body) => {
      const { gathering, traceparent } = readGatheringWork(body)
      return withTrace(traceparent, () => carryOutGathering(deps, gathering, ending.signal))
    },
  })
  let sweeping: Promise<unknown> = Promise.resolve()
  const sweep = setInterval(() => {
    sweeping = sweepGatherings(deps).catch((error) =>
      log.warn({ err: error }, 'a sweep of gatherings failed'),
    )
  }, SWEEP_MS)
  return {
    close: async () => {
      clearInterval(sweep)
      ending.abort()
      await stop()
      await sweeping
    },
  }
}

/** Asks for every gathering that nobody has worked on for a while to be carried on. */
export async function sweepGatherings({ db, outbox, now, newId }: GatherDeps): Promise<void> {
  const before = new Date(now().getTime() - STALE_MS)
  for (const gathering of await findStaleGatherings(db, before)) {
    await inTransaction(db, async (tx) => {
      if (await takeUpGathering(tx, gathering, { before, now: now() })) {
        await addToOutbox(tx, [gatheringWork(newId(), gathering)])
      }
    })
    outbox.nudge()
  }
}
