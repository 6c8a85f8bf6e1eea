import type { Log } from '@slipway/telemetry'
import pg from 'pg'
import type { Bus } from './bus.ts'
import type { OutboxRow } from './event.ts'

/** The publisher of one service's outbox. */
export type Outbox = {
  /** Says that a transaction with events was committed; without it they go out within a second. */
  nudge: () => void
  close: () => Promise<void>
}

const SWEEP_MS = 1_000
const BATCH = 200

/**
 * Publishes rows of `<schema>.outbox` (position bigserial, id, subject, body) in order and deletes what NATS acknowledged.
 * One replica at a time does it, by an advisory lock, so that n+1 never goes out before n; NATS drops what comes twice by id.
 */
export async function openOutbox(options: {
  bus: Bus
  databaseUrl: string
  schema: string
  log: Log
}): Promise<Outbox> {
  const { bus, databaseUrl, schema, log } = options
  const ending = new AbortController()
  let wake = () => {}
  let nudged = false
  const loop = (async () => {
    while (!ending.signal.aborted) {
      try {
        await publishWhileLocked()
      } catch (error) {
        if (!ending.signal.aborted) log.warn({ err: error }, 'the outbox pauses')
      }
      await idle()
    }
  })()

  async function publishWhileLocked(): Promise<void> {
    const client = new pg.Client({ connectionString: databaseUrl, options: `-c search_path=${schema}` })
    client.on('error', () => wake())
    await client.connect()
    try {
      while (!ending.signal.aborted) {
        const { rows } = await client.query<{ ours: boolean }>(
          'SELECT pg_try_advisory_lock(hashtext($1)) AS ours',
          [`outbox:${schema}`],
        )
        if (rows[0]?.ours) break
        await idle()
      }
      while (!ending.signal.aborted) {
        if ((await publishBatch(client, bus)) < BATCH) await idle()
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
      const timer = setTimeout(resolve, SWEEP_MS)
      wake = () => {
        clearTimeout(timer)
        nudged = false
        resolve()
      }
    })
  }

  return {
    nudge: () => {
      nudged = true
      wake()
    },
    close: async () => {
      ending.abort()
      wake()
      await loop
    },
  }
}

async function publishBatch(client: pg.Client, bus: Bus): Promise<number> {
  const { rows } = await client.query<OutboxRow & { position: string }>(
    'SELECT position, id, subject, body FROM outbox ORDER BY position LIMIT $1',
    [BATCH],
  )
  for (const row of rows) {
    await bus.jetstream.publish(row.subject, row.body, { msgID: row.id })
    await client.query('DELETE FROM outbox WHERE position = $1', [row.position])
  }
  return rows.length
}
