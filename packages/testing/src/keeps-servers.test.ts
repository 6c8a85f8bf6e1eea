import { mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, keepRunning, ownerOf, startNats, startPostgres } from '@slipway/embedded'
import { createLog } from '@slipway/telemetry'
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { openSmallDisk } from './small-disk.ts'

const INSERT = 'INSERT INTO kept SELECT FROM generate_series(1, 100)'
const closes: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close()
})

const log = createLog('test', 'silent')

async function query(url: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  return client.query(sql).finally(() => client.end())
}

/** Inserts until there is no room; answers why there is none. */
async function insertUntilRefused(url: string): Promise<string> {
  for (;;) {
    const refusal = await query(url, INSERT).then(() => undefined, String)
    if (refusal) return refusal
  }
}

test('a PostgreSQL that dies on a full disk runs again, reads what it had acknowledged, and writes when there is room', async () => {
  const disk = await openSmallDisk(80)
  closes.push(disk.close)
  const at = { dir: join(disk.dir, 'postgres'), password: 'secret', port: await freePort() }
  const owner = await ownerOf('slipway')
  const begin = () => startPostgres({ ...at, owner })
  const first = await begin()
  const server = keepRunning(first, { name: 'postgres', begin, onStarted: () => {}, log })
  closes.push(server.stop)
  const { url } = first
  await query(url, 'CREATE TABLE kept (number serial)')
  await disk.fill()
  expect(await insertUntilRefused(url)).toContain('No space left')
  const count = () => query(url, 'SELECT count(*) FROM kept').then(({ rows }) => rows, String)
  const before = await count()

  // As a checkpoint ends it that finds no room.
  process.kill(server.pid(), 'SIGKILL')
  await expect.poll(() => server.pid(), { timeout: 30_000 }).not.toBe(first.pid)
  await expect.poll(count, { timeout: 30_000 }).toEqual(before)
  expect(await insertUntilRefused(url)).toContain('No space left')
  await disk.makeRoom()
  await query(url, INSERT)
})

test('a server that does not start again at once is tried until it does, and not once it is stopped', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'slipway-keep-'))
  closes.push(() => rm(dir, { recursive: true }))
  const cache = process.env.SLIPWAY_CACHE ?? join(homedir(), '.cache/slipway')
  const at = { program: join(cache, 'bin/nats-server'), dir, settings: '', port: await freePort() }
  let tries = 0
  let started = 0
  const begin = async () => {
    if (++tries < 3) throw new Error('no room')
    return startNats(at)
  }
  const first = await startNats(at)
  const server = keepRunning(first, { name: 'nats', begin, onStarted: () => void started++, log })
  process.kill(first.pid, 'SIGKILL')
  await expect.poll(() => started, { timeout: 30_000 }).toBe(1)
  expect(server.pid()).not.toBe(first.pid)
  await server.stop()
  expect(() => process.kill(server.pid(), 0)).toThrow('ESRCH')
  expect([tries, started]).toEqual([3, 1])
})
