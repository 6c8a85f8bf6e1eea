import type { Bus } from './bus.ts'
import { explainLostBus } from './lost.ts'

/** What NATS says of itself and of the install's streams. A limit of 0: only the disk limits them. */
export type BusFacts = { version: string; storedBytes: number; limitBytes: number; streams: number }

/** Asks NATS how it is; throws Unavailable when it does not answer. */
export async function lookAtBus({ connection, manager }: Bus): Promise<BusFacts> {
  try {
    const { storage, streams, limits } = await manager.getAccountInfo()
    return {
      version: connection.info?.version ?? '',
      storedBytes: storage,
      limitBytes: Math.max(0, limits.max_storage ?? 0),
      streams,
    }
  } catch (error) {
    explainLostBus(error)
  }
}
