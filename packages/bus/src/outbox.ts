import { setTimeout as pause } from 'node:timers/promises'
import { toSlipwayError } from '@slipway/errors'
import type { Log } from '@slipway/telemetry'
import pg from 'pg'
import type { Bus } from './bus.ts'
import type { OutboxRow } from './event.ts'
import { explainLostBus } from './lost.ts'

/** The publisher of one service's outbox. */
export type Outbox = {
  /** Says that a transaction with events was committed, to whichever replica publishes; without it they go out within a second. */
  nudge: () => void
  close: () => Promise<void>
}

const SWEEP_MS = 1_000
const BATCH = 200

/**
 * Publishes rows of `<schema>.outbox` (position bigserial, id, subject, body) and deletes what NATS acknowledged. One replica
 * at a time does it, by an advisory lock, and of an object n+1 never goes out before n is acknowledged; NATS drops what
 * comes twice by id. Publishing one row after the other, each with its own commit, took 8 ms an event on a disk that is
 * waited for, and a nudge on another replica was not heard: an operation stood behind the events of all others.
 */
export async function openOutbox(options: {
  bus: Bus
  databaseUrl: string
  schema: string
  log: Log
  /** How long to wait at most for a nudge. */
  sweepMs?: number
}): Promise<Outbox> {
  const { bus, databaseUrl, schema, log, sweepMs = SWEEP_MS } = options
  const ending = new AbortController()
  let wake = () => {}
  let nudged = false
  let keptBy = ''
  const loop = (async () => {
    while (!ending.signal.aborted) {
      try {
        await publishWhileLocked()
      } catch (error) {
        if (!ending.signal.aborted) await rest(error)
      }
    }
  })()

  /** What keeps it is said once, and nudges don't hurry it: a full disk would be filled by saying so at every change. */
  async function rest(error: unknown): Promise<void> {
    const { message } = toSlipwayError(error)
    if (message !== keptBy) log.warn({ err: error }, 'the outbox pauses')
    keptBy = message
    await pause(Math.min(sweepMs, SWEEP_MS), undefined, { signal: ending.signal }).catch(() => {})
  }

  async function publishWhileLocked(): Promise<void> {
    // It only deletes: what a crash of PostgreSQL brings back goes out again, so no disk is waited for, 2.7 times an operation.
    const options = `-c search_path=${schema} -c synchronous_commit=off`
    const client = new pg.Client({ connectionString: databaseUrl, options })
    client.on('error', () => wake())
    client.on('notification', nudge)
    await client.connect()
    try {
      while (!ending.signal.aborted && !(await lockOrTell(client, `outbox:${schema}`))) await idle()
      await client.query(`LISTEN "outbox:${schema}"`)
      while (!ending.signal.aborted) {
        const published = await publishBatch(client, bus)
        if (keptBy !== '') log.info({ published }, 'the outbox goes on')
        keptBy = ''
        if (published < BATCH) await idle()
      }
    } finally {
      await client.end().catch(() => {})
    }
  }

  /** Waits for a nudge, or for the sweep that catches what a lost nudge missed. */
  function idle(): Promise<void> {
    if (nudged || ending.signal.aborted) {
      nudged = false
      return Promise.resolve()
    }
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        // Nobody waits any more: what nudges from now on is for the next who does.
        wake = () => {}
        nudged = false
        resolve()
      }
      const timer = setTimeout(end, sweepMs)
      wake = end
    })
  }

  function nudge(): void {
    nudged = true
    wake()
  }

  return {
    nudge,
    close: async () => {
      ending.abort()
      wake()
      await loop
    },
  }
}

/** Becomes the one that publishes, and tells the one that does that there is something to publish: in one statement. */
async function lockOrTell(client: pg.Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ ours: boolean }>(
    `SELECT pg_try_advisory_lock(hashtext($1)) AS ours, pg_notify($1, '')`,
    [name],
  )
  return rows[0]?.ours ?? false
}

async function publishBatch(client: pg.Client, bus: Bus): Promise<number> {
  const { rows } = await client.query<OutboxRow & { position: string }>(
    'SELECT position, id, subject, body FROM outbox ORDER BY position LIMIT $1',
    [BATCH],
  )
  const acknowledged: string[] = []
  const objects = Map.groupBy(rows, ({ subject }) => subject.slice(0, subject.lastIndexOf('.')))
  const publishing = [...objects.values()].map(async (ofObject) => {
    for (const { subject, body, id, position } of ofObject) {
      await bus.jetstream.publish(subject, body, { msgID: id }).catch(explainLostBus)
      acknowledged.push(position)
    }
  })
  const outcomes = await Promise.allSettled(publishing)
  if (acknowledged.length > 0) {
    await client.query('DELETE FROM outbox WHERE position = ANY($1::bigint[])', [acknowledged])
  }
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  return rows.length
}
