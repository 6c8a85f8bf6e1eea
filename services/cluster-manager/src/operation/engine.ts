import { type Bus, consume } from '@slipway/bus'
import { createBell } from './bell.ts'
import { type Drive, type Driving, drive } from './drive.ts'
import { operationWork } from './events.ts'
import { listDue } from './lease.ts'

/** What carries operations out on this replica. */
export type Engine = { wake: (operation: string) => void; close: () => Promise<void> }

/** Operations that one replica carries out at once; each mostly waits for a run. One may have to take over another's. */
const AT_ONCE = 250

/**
 * Carries out operations as their rows say: woken by nudges on the bus, and by a sweep that finds what a lost nudge
 * or a dead replica left. `leaseMs` + `sweepMs` is the longest an operation stands still after a death. What finds this
 * replica full is looked for again as soon as there is room.
 */
export async function openEngine(
  driving: Driving & { bus: Bus; sweepMs: number; atOnce?: number },
): Promise<Engine> {
  const { db, log, sweepMs, atOnce = AT_ONCE } = driving
  const drives = new Map<string, Drive & { rung: boolean }>()
  const bell = createBell()
  let closing = false
  let full = false

  function wake(id: string): void {
    const known = drives.get(id)
    if (known) {
      known.rung = true
      known.ring()
    } else if (drives.size >= atOnce) {
      full = true
    } else if (!closing) {
      begin(id)
    }
  }

  function begin(id: string): void {
    const started = { ...drive(driving, id), rung: false }
    drives.set(id, started)
    void started.ended
      .catch((error) =>
        log.error({ err: error, operation: id }, 'an operation stands still until the next sweep'),
      )
      .finally(() => {
        drives.delete(id)
        // It was rung while it was ending: what that was about may not have been seen.
        if (started.rung) wake(id)
        else if (full) bell.ring()
      })
  }

  async function sweep(): Promise<void> {
    full = false
    try {
      const room = atOnce - drives.size
      const due = await listDue(db, room)
      full = due.length === room
      for (const id of due) wake(id)
    } catch (error) {
      log.warn({ err: error }, 'a sweep for operations failed')
    }
  }
  const sweeping = (async () => {
    for (; !closing; await bell.wait(sweepMs)) await sweep()
  })()

  const stopHearing = await consume({
    bus: driving.bus,
    stream: 'WORK',
    durable: 'cluster-manager-operation',
    filter: operationWork,
    atOnce,
    log,
    handle: async (body) =>
      wake((JSON.parse(Buffer.from(body).toString()) as { operation: string }).operation),
  })

  return {
    wake,
    close: async () => {
      closing = true
      bell.ring()
      await sweeping
      await stopHearing()
      for (const { stop } of drives.values()) stop()
      await Promise.allSettled([...drives.values()].map(({ ended }) => ended))
    },
  }
}
