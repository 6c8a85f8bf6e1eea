import { type Bus, consume } from '@slipway/bus'
import { type Drive, type Driving, drive } from './drive.ts'
import { operationWork } from './events.ts'
import { listDue } from './lease.ts'

/** What carries operations out on this replica. */
export type Engine = { wake: (operation: string) => void; close: () => Promise<void> }

/** Operations that one replica carries out at once; each mostly waits for a run. */
const AT_ONCE = 50

/**
 * Carries out operations as their rows say: woken by nudges on the bus, and by a sweep that finds what a lost nudge
 * or a dead replica left. `leaseMs` + `sweepMs` is the longest an operation stands still after a death.
 */
export async function openEngine(driving: Driving & { bus: Bus; sweepMs: number }): Promise<Engine> {
  const { db, log, sweepMs } = driving
  const drives = new Map<string, Drive & { rung: boolean }>()
  let closing = false

  function wake(id: string): void {
    const known = drives.get(id)
    if (known) {
      known.rung = true
      known.ring()
    } else if (!closing && drives.size < AT_ONCE) {
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
      })
  }

  async function sweep(): Promise<void> {
    try {
      for (const id of await listDue(db, AT_ONCE - drives.size)) wake(id)
    } catch (error) {
      log.warn({ err: error }, 'a sweep for operations failed')
    }
    if (!closing) timer = setTimeout(sweep, sweepMs)
  }
  let timer = setTimeout(sweep, 0)

  const stopHearing = await consume({
    bus: driving.bus,
    stream: 'WORK',
    durable: 'cluster-manager-operation',
    filter: operationWork,
    atOnce: AT_ONCE,
    log,
    handle: async (body) =>
      wake((JSON.parse(Buffer.from(body).toString()) as { operation: string }).operation),
  })

  return {
    wake,
    close: async () => {
      closing = true
      clearTimeout(timer)
      await stopHearing()
      for (const { stop } of drives.values()) stop()
      await Promise.allSettled([...drives.values()].map(({ ended }) => ended))
    },
  }
}
