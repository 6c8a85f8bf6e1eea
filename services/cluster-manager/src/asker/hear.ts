import { type Bus, consume } from '@slipway/bus'
import type { Log } from '@slipway/telemetry'
import type { Database } from '../store.ts'
import { hearings } from './events.ts'

const AT_ONCE = 20

/**
 * Keeps what api-gateway says of people and members, for what waits. A first start hears the 30 days that events are kept.
 * Close it before bus and database.
 */
export async function hearOfAskers(deps: {
  db: Database
  bus: Bus
  log: Log
}): Promise<{ close: () => Promise<void> }> {
  const { db, bus, log } = deps
  const stops: (() => Promise<void>)[] = []
  const close = async () => {
    await Promise.all(stops.map((stop) => stop()))
  }
  try {
    for (const { durable, filter, keep } of hearings) {
      const handle = (body: Uint8Array) => keep(db, body)
      stops.push(await consume({ bus, stream: 'EVENTS', durable, filter, atOnce: AT_ONCE, log, handle }))
    }
  } catch (error) {
    await close()
    throw error
  }
  return { close }
}
