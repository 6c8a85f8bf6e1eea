import pg from 'pg'
import { explain } from './lost.ts'

/** More than memory gets below: PostgreSQL sorts it on the file system of its data, and leaves nothing there. */
const ONE_MIB = `SELECT count(DISTINCT repeat('x', 1000) || line) FROM generate_series(1, 1048) AS line`
const CONNECT_MS = 5_000

/**
 * Throws Unavailable when PostgreSQL does not answer, or has less than a MiB of room on its disk: a change that fits into a
 * page that is there already tells nothing about that. Changes nothing, and costs about 10 ms.
 */
export async function checkRoom(url: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    options: '-c work_mem=64kB',
  })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(ONE_MIB)
  } catch (error) {
    explain(error)
  } finally {
    await client.end().catch(() => {})
  }
}
