import type { Bus } from './bus.ts'
import type { OutboxRow } from './event.ts'
import { explainLostBus } from './lost.ts'

/** A row as it waits. Positions are 64 bits wide: texts. */
export type WaitingRow = OutboxRow & { position: string }

/** Rows on their way to NATS. */
export type Publishing = {
  add: (rows: readonly WaitingRow[]) => void
  /** How many more may be on their way. */
  room: () => number
  /** Those that were given and not yet forgotten: they are not to be read again. */
  known: () => string[]
  /** Those of them that NATS has, and that can be deleted. */
  acknowledged: () => string[]
  /** Says that rows are deleted. */
  forget: (positions: readonly string[]) => void
  /** Resolves when nothing is on its way; throws the first failure. */
  settled: () => Promise<void>
  failed: () => boolean
}

/** At 2,000 a second, of which each takes 50 ms on a busy machine, 100 are on their way; the largest are 200 KB. */
const MOST = 500

/**
 * Publishes rows as they are given, all objects at once, and of an object n+1 after n was acknowledged. One that can't be
 * published holds back all later ones of its object.
 */
export function openPublishing(bus: Bus): Publishing {
  const known = new Set<string>()
  const acknowledged = new Set<string>()
  const underWay = new Set<Promise<boolean>>()
  const lastOf = new Map<string, Promise<boolean>>()
  let failure: { reason: unknown } | undefined

  function add(row: WaitingRow): void {
    const object = row.subject.slice(0, row.subject.lastIndexOf('.'))
    known.add(row.position)
    const sent = after(lastOf.get(object), row).finally(() => {
      underWay.delete(sent)
      if (lastOf.get(object) === sent && !failure) lastOf.delete(object)
    })
    underWay.add(sent)
    lastOf.set(object, sent)
  }

  /** Whether it went out. */
  async function after(before: Promise<boolean> | undefined, row: WaitingRow): Promise<boolean> {
    if (before && !(await before)) return false
    try {
      await bus.jetstream.publish(row.subject, row.body, { msgID: row.id }).catch(explainLostBus)
      acknowledged.add(row.position)
      return true
    } catch (reason) {
      failure ??= { reason }
      return false
    }
  }

  return {
    add: (rows) => rows.forEach(add),
    room: () => MOST - underWay.size,
    known: () => [...known],
    acknowledged: () => [...acknowledged],
    forget: (positions) => {
      for (const position of positions) {
        known.delete(position)
        acknowledged.delete(position)
      }
    },
    settled: async () => {
      await Promise.all(underWay)
      if (failure) throw failure.reason
    },
    failed: () => failure !== undefined,
  }
}
