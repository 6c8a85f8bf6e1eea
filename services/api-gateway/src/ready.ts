import { type Bus, checkBusRoom } from '@slipway/bus'
import { checkRoom } from '@slipway/database'
import { isSlipwayError, SlipwayError } from '@slipway/errors'

/** Anybody may ask, so that what writes to a disk is not asked for each of them. */
const HOLDS_MS = 2_000

/**
 * Whether this door can do all that it may be asked: its database and NATS answer and have room to write. Throws
 * Unavailable with everything that is wrong.
 */
export function readiness(parts: {
  service: string
  ping: () => Promise<unknown>
  databaseUrl: string
  bus: Bus
  now: () => Date
}): () => Promise<void> {
  const { service, ping, databaseUrl, bus, now } = parts
  const database = holding(() => checkRoom(databaseUrl), now)
  const nats = holding(() => checkBusRoom(bus, service), now)
  return async () => {
    const outcomes = await Promise.allSettled([ping().then(database), nats()])
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
function holding(check: () => Promise<void>, now: () => Date): () => Promise<void> {
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
