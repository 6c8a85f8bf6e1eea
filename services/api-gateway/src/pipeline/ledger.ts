import { toSlipwayError } from '@slipway/errors'
import type { Log } from '@slipway/telemetry'
import type { AuditStore } from '../audit/store.ts'
import type { Entry } from './audit.ts'

/** Writes rows of the audit, and owes those that the database can't take now. */
export type Ledger = {
  /** Writes a row, now or later. */
  add: (entry: Entry) => Promise<void>
  /** Writes what is owed; throws what still keeps it from being written. */
  settle: () => Promise<void>
}

/** Rows that are owed at most, in memory: a change is refused as long as one is, so that most are refusals. */
const MOST = 1_000

/**
 * Nothing is done unrecorded, also where the audit's disk is full and the row of a change could still be written into a page
 * that has room: the pipeline settles before it changes anything.
 */
export function openLedger(audit: AuditStore, log: Log): Ledger {
  const owed: Entry[] = []
  let settling: Promise<void> | undefined

  function owe(entry: Entry, err: unknown): void {
    if (toSlipwayError(err).code !== 'Unavailable' || owed.length === MOST) {
      log.error({ err, method: entry.method }, 'an audit entry could not be written')
      return
    }
    if (owed.length === 0) log.warn({ err }, 'entries of the audit wait; nothing is changed meanwhile')
    owed.push(entry)
  }

  async function pay(): Promise<void> {
    for (let first = owed[0]; first; first = owed[0]) {
      await audit.add(first)
      owed.shift()
      if (owed.length === 0) log.info('all entries of the audit that waited are written')
    }
  }

  return {
    add: async (entry) => {
      await audit.add(entry).catch((err: unknown) => owe(entry, err))
    },
    settle: async () => {
      if (owed.length === 0) return
      settling ??= pay().finally(() => {
        settling = undefined
      })
      await settling
    },
  }
}
