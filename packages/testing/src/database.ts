import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'

/** A connection to the embedded PostgreSQL of the all-in-one with this data folder, as its superuser; the caller ends it. */
export async function connectDatabase(data: string): Promise<pg.Client> {
  const password = (await readFile(join(data, 'keys/postgres.password'), 'utf8')).trim()
  const { postgres } = JSON.parse(await readFile(join(data, 'ports.json'), 'utf8')) as { postgres: number }
  const client = new pg.Client({
    host: '127.0.0.1',
    port: postgres,
    user: 'slipway',
    password,
    database: 'postgres',
  })
  await client.connect()
  return client
}
