import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { precondition, unavailable } from '@slipway/errors'
import { type Ending, start, stop } from '@slipway/process'
import { giveTo, type Owner } from './owner.ts'
import { freePort } from './port.ts'

/** A running nats-server of our own. */
export type NatsServer = { url: string; pid: number; ended: Promise<Ending>; stop: () => Promise<void> }

const READY_MS = 20_000

/**
 * Starts nats-server with JetStream, its store in `dir`. `settings` is configuration text: operator, resolver, TLS.
 * `program` is the path of a nats-server of 2.11 or newer. `tls` tells when the certificate in `settings` was renewed:
 * the server then shows the new one to who connects, and keeps its connections.
 */
export async function startNats(options: {
  program: string
  dir: string
  settings: string
  address?: string
  port?: number
  owner?: Owner
  tls?: { onRenewed: (take: () => void) => () => void }
}): Promise<NatsServer> {
  const { program, dir, settings, address = '127.0.0.1', owner, tls } = options
  if (!existsSync(program)) {
    throw precondition([
      {
        field: program,
        message: 'nats-server is not there',
        hint: 'Run `npm run demo` or `npm test`, which build it, or use NATS of your own.',
      },
    ])
  }
  await mkdir(join(dir, 'store'), { recursive: true })
  await giveTo(owner, dir)
  await giveTo(owner, join(dir, 'store'))
  await endLeftover(join(dir, 'nats.pid'), join(dir, 'nats.conf'))
  const port = options.port ?? (await freePort(address))
  const lines = [
    `listen: "${address}:${port}"`,
    `pid_file: "${join(dir, 'nats.pid')}"`,
    `jetstream { store_dir: "${join(dir, 'store')}", max_file_store: 20GB, max_memory_store: 256MB }`,
    'max_payload: 4MB',
    settings,
  ]
  await writeFile(join(dir, 'nats.conf'), lines.join('\n'), { mode: 0o600 })
  await giveTo(owner, join(dir, 'nats.conf'))
  const child = start([program, '-c', join(dir, 'nats.conf')], { ...owner, cwd: dir })
  await listens(address, port, child.ended)
  const renewed = tls?.onRenewed(() => process.kill(child.pid, 'SIGHUP'))
  child.ended.then(renewed)
  return {
    url: `${tls ? 'tls' : 'nats'}://${address}:${port}`,
    pid: child.pid,
    ended: child.ended,
    stop: async () => void (await stop(child)),
  }
}

/** Ends the server that a killed process left behind, if it is still the one of this folder. */
async function endLeftover(pidFile: string, configFile: string): Promise<void> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''))
  if (!pid) return
  const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  if (!argv.split('\0').includes(configFile)) return
  process.kill(pid, 'SIGTERM')
  const until = Date.now() + READY_MS
  while (existsSync(`/proc/${pid}`) && Date.now() < until) await pause()
}

async function listens(address: string, port: number, ended: Promise<Ending>): Promise<void> {
  const until = Date.now() + READY_MS
  let ending: Ending | undefined
  ended.then((one) => {
    ending = one
  })
  while (!(await accepts(address, port))) {
    if (ending || Date.now() > until) {
      const said = ending?.stderr.split('\n').slice(-5).join('\n') ?? 'no answer'
      throw unavailable('nats', `nats-server did not start: ${said}`, 'Read its words above.')
    }
    await pause()
  }
}

function accepts(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50))
}
