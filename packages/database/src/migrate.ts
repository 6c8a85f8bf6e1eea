import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { precondition } from '@slipway/errors'
import pg from 'pg'
import { explain } from './lost.ts'

const TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL,
  logs TEXT, rolled_back_at TIMESTAMPTZ, started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`

/**
 * Applies a service's Prisma migrations that its schema lacks, each in one transaction, one replica at a time.
 * Prisma's own command needs 330 MB and a native engine; its book-keeping table is kept, so that its tools go on working.
 * Answers the names of those applied.
 */
export async function migrate(options: { url: string; schema: string; folder: string }): Promise<string[]> {
  const client = new pg.Client({ connectionString: options.url, options: `-c search_path=${options.schema}` })
  await client.connect().catch(explain)
  try {
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [`migrate:${options.schema}`])
    await client.query(TABLE)
    const { rows } = await client.query<{ migration_name: string; checksum: string }>(
      'SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
    )
    const applied = new Map(rows.map((row) => [row.migration_name, row.checksum]))
    const done: string[] = []
    for (const migration of await readMigrations(options.folder)) {
      const known = applied.get(migration.name)
      if (known === undefined) {
        await apply(client, migration)
        done.push(migration.name)
      } else if (known !== migration.checksum) {
        throw precondition([
          {
            field: `migration ${migration.name}`,
            message: 'was changed after it had been applied to this database',
            hint: 'Put the migration back as it was, and write the change as a new one.',
          },
        ])
      }
    }
    return done
  } finally {
    await client.end()
  }
}

type Migration = { name: string; sql: string; checksum: string }

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query(sql)
    await client.query(
      'INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1, $2, $3, now(), 1)',
      [randomUUID(), checksum, name],
    )
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}
