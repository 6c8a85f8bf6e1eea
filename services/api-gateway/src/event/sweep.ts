import type { Bus } from '@slipway/bus'
import type { Log } from '@slipway/telemetry'
import type { SubscriptionStore } from './store.ts'
import { STREAM } from './subscribe.ts'

/** JetStream's answer for a consumer that is gone already. */
const NO_CONSUMER = 10_014

/** Deletes the consumers of subscriptions that ended: credentials that still live are worth nothing without one. */
export async function sweepSubscriptions(
  parts: { bus: Bus; store: SubscriptionStore; log: Log },
  now: Date,
): Promise<void> {
  const { bus, store, log } = parts
  for (const id of await store.ended(now)) {
    try {
      await bus.manager.consumers.delete(STREAM, id)
    } catch (err) {
      if (!isGone(err)) {
        log.warn({ err, subscription: id }, 'the consumer of an ended subscription stays for now')
        continue
      }
    }
    await store.forget(id)
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === NO_CONSUMER
}
