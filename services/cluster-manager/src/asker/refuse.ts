import { type Bus, hasHeardAll } from '@slipway/bus'
import type { Access } from '@slipway/contracts'
import { denied, unavailable } from '@slipway/errors'
import type { Database } from '../store.ts'
import { type Asker, rightLost } from './asker.ts'
import { hearings } from './events.ts'
import { readHeard } from './store.ts'

/**
 * Refuses what somebody asked for earlier and may not do any more. What was said of people until now is heard first; while
 * that can't be, nobody is refused and nothing begins.
 */
export async function refuseLostRight(
  { db, bus }: { db: Database; bus: Bus },
  { project, asker, needed }: { project: string; asker: Asker; needed: Access['role'] },
): Promise<void> {
  for (const { durable } of hearings) {
    if (await hasHeardAll(bus, 'EVENTS', durable)) continue
    throw unavailable(
      'asker',
      'what was said of people meanwhile is still being heard',
      'It begins by itself.',
    )
  }
  const lost = rightLost(asker, await readHeard(db, project, asker.id), needed)
  if (!lost) return
  const hint = 'Ask for the same change again as somebody who may, or give the right back first.'
  throw denied(`${lost} Nothing was changed.`, hint)
}
