import { appendFileSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { BusOptions } from '@slipway/bus'
import { provision } from '@slipway/database'
import { freePort, ownerOf, startNats, startPostgres } from '@slipway/embedded'
import { databaseRoles, environmentOf, foundationOf, makeInstall, type ServiceName } from '@slipway/install'
import { labProfile } from '@slipway/lab'
import { type Child, run, start, stop } from '@slipway/process'
import { readTls } from '@slipway/service'
import { createLog } from '@slipway/telemetry'
import { descendants, type MachineProcess } from './chaos/machine-process.ts'

const repository = join(import.meta.dirname, '../..')

/** Every process of it; cluster-manager has two replicas. */
const processNames = [
  'postgres',
  'nats',
  'repo-proxy',
  'ansible-runner',
  'cluster-manager-1',
  'cluster-manager-2',
  'api-gateway',
] as const
type ProcessName = (typeof processNames)[number]

type Running = {
  pid: number
  addresses: Record<string, string>
  ended: Promise<unknown>
  stop: () => Promise<unknown>
}

/** A Slipway that runs, whatever its processes are. */
export type Services = {
  dir: string
  ca: string
  rest: string
  grpc: string
  repo: string
  enrolmentFile: string
  /** Its superuser's. */
  databaseUrl: string
  /** The NATS user that a service has. */
  natsOf: (service: ServiceName) => Omit<BusOptions, 'name'>
  /** Its processes: what can be killed and started again. */
  names: readonly string[]
  pid: (name: string) => number
  /** Everything that runs playbooks now: processes below ansible-runner. */
  runs: () => Promise<MachineProcess[]>
  /** By SIGKILL; resolves when it is gone. */
  kill: (name: string) => Promise<void>
  /** Starts it where it listened before, as a supervisor does: again and again until it stays. */
  start: (name: string) => Promise<void>
  stop: () => Promise<void>
}

/** How it is to run. */
export type ServicesWish = {
  /** Where nodes reach repo-proxy. */
  address: string
  natsServer: string
  ansibleVenv: string
  logLevel: string
  /** A folder for files of what they log. */
  logs?: string
  /** Whether PostgreSQL keeps its word when the machine loses power; a test need not wait for disks. */
  durable?: boolean
  /** Settings of the services beside those that they need. */
  more?: Partial<Record<ServiceName, Record<string, string>>>
}

/** Starts every service in a process of its own, unprivileged, on a PostgreSQL and a NATS that it did not start. */
export async function startSeparateServices(options: ServicesWish): Promise<Services> {
  const { address, natsServer, ansibleVenv, logLevel, logs, durable = false, more: wished = {} } = options
  const dir = await mkdtemp('/var/lib/slipway/separate-')
  const running = new Map<ProcessName, Running>()
  const stopAll = async () => {
    for (const name of processNames.toReversed()) await running.get(name)?.stop()
    await rm(dir, { recursive: true, force: true })
  }
  try {
    return await startAll()
  } catch (error) {
    await stopAll()
    throw error
  }

  async function startAll(): Promise<Services> {
    const owner = await ownerOf('slipway')
    const install = await makeInstall({
      dir,
      names: { dns: ['repo.slipway.internal'], ips: [address] },
      now: Date.now(),
    })
    const profiles = join(dir, 'profiles')
    const home = join(dir, 'home')
    for (const folder of [profiles, home, join(dir, 'repo'), join(dir, 'bin'), join(dir, 'tmp')])
      await mkdir(folder)
    await writeFile(join(profiles, 'lab.yaml'), JSON.stringify(await labProfile()))
    const program = join(dir, 'bin/nats-server')
    await copyFile(natsServer, program)
    await run(['chown', '--recursive', 'slipway:', dir])
    const [postgresPort, natsPort] = [await freePort(), await freePort()]
    const tls = await readTls(install.natsTls, { log: createLog('separate services', logLevel) })
    const enrolmentFile = join(home, 'first-administrator')
    let databaseUrl = ''
    let natsUrl = ''

    const beginnings: Record<ProcessName, () => Promise<Running>> = {
      postgres: async () => {
        const password = install.postgresPassword
        const at = { dir: join(dir, 'postgres'), port: postgresPort, owner, durable }
        const server = await startPostgres({ ...at, password })
        databaseUrl = server.url
        return { ...server, addresses: {} }
      },
      nats: async () => {
        const server = await startNats({
          program,
          dir: join(dir, 'nats'),
          // What docs/settings.md tells people to write; nats-server takes paths from its own file's folder.
          settings: `include ${relative(join(dir, 'nats'), install.natsSettingsFile)}`,
          port: natsPort,
          owner,
          tls,
        })
        natsUrl = server.url
        return { ...server, addresses: {} }
      },
      'repo-proxy': () =>
        begin('repo-proxy', 'repo-proxy', {
          SLIPWAY_REPO_LISTEN: at('repo-proxy', 'repo', `${address}:0`),
          SLIPWAY_REPO_DIR: join(dir, 'repo'),
          SLIPWAY_REPO_ADDRESSES: address,
        }),
      'ansible-runner': () =>
        begin('ansible-runner', 'ansible-runner', {
          SLIPWAY_ANSIBLE_PLAYBOOKS: join(repository, 'infra/ansible'),
          SLIPWAY_ANSIBLE_VENV: ansibleVenv,
        }),
      'cluster-manager-1': () => beginManager('cluster-manager-1'),
      'cluster-manager-2': () => beginManager('cluster-manager-2'),
      'api-gateway': () =>
        begin('api-gateway', 'api-gateway', {
          SLIPWAY_REST_LISTEN: at('api-gateway', 'rest'),
          SLIPWAY_GRPC_LISTEN: at('api-gateway', 'grpc'),
          SLIPWAY_CLUSTER_MANAGER: `ipv4:${at('cluster-manager-1', 'rpc')},${at('cluster-manager-2', 'rpc')}`,
          SLIPWAY_ANSIBLE_RUNNER: at('ansible-runner', 'rpc'),
          SLIPWAY_REPO_PROXY: at('repo-proxy', 'rpc'),
          SLIPWAY_NATS_ACCOUNT_SEED: install.natsAccountSeedFile,
          SLIPWAY_ENROLMENT_FILE: enrolmentFile,
        }),
    }

    /** Where a process listened when it ran last. */
    function at(name: ProcessName, door: string, before = '127.0.0.1:0'): string {
      return running.get(name)?.addresses[door]?.replace(/^https?:\/\//, '') ?? before
    }

    function beginManager(name: ProcessName): Promise<Running> {
      return begin(name, 'cluster-manager', {
        SLIPWAY_ANSIBLE_RUNNER: at('ansible-runner', 'rpc'),
        SLIPWAY_REPO_PROXY: at('repo-proxy', 'rpc'),
        SLIPWAY_RELEASES: join(repository, 'infra/releases'),
        SLIPWAY_HOST_PROFILES: profiles,
      })
    }

    function begin(name: ProcessName, service: ServiceName, more: Record<string, string>): Promise<Running> {
      const known = { databaseUrl, natsUrl, rpcListen: at(name, 'rpc'), logLevel }
      const own = { HOME: home, TMPDIR: join(dir, 'tmp') }
      const env = { ...environmentOf(install, service, known), ...more, ...wished[service], ...own }
      const keep = (line: string) =>
        logs ? appendFileSync(join(logs, `${name}.log`), `${line}\n`) : undefined
      return startService(service, { ...owner, env, cwd: home }, keep)
    }

    const start = async (name: ProcessName) => void running.set(name, await beginnings[name]())
    const ask = (name: string) => {
      const known = running.get(nameOf(name))
      if (!known) throw new TypeError(`${name} was never started`)
      return known
    }
    await Promise.all([start('postgres'), start('nats')])
    await provision(databaseUrl, databaseRoles(install))
    await Promise.all([start('repo-proxy'), start('ansible-runner')])
    await Promise.all([start('cluster-manager-1'), start('cluster-manager-2')])
    await start('api-gateway')
    return {
      dir,
      ca: await readFile(install.caFile, 'utf8'),
      rest: `https://${at('api-gateway', 'rest')}`,
      grpc: at('api-gateway', 'grpc'),
      repo: `https://${at('repo-proxy', 'repo')}`,
      enrolmentFile,
      databaseUrl,
      natsOf: (service) => foundationOf(install, service, { databaseUrl, natsUrl }).nats,
      names: processNames,
      pid: (name) => ask(name).pid,
      runs: () => descendants([ask('ansible-runner').pid]),
      kill: async (name) => {
        const { pid, ended } = ask(name)
        process.kill(pid, 'SIGKILL')
        await ended
      },
      start: (name) => supervise(() => start(nameOf(name))),
      stop: stopAll,
    }
  }
}

function nameOf(text: string): ProcessName {
  const name = processNames.find((one) => one === text)
  if (!name) throw new TypeError(`there is no process ${text}`)
  return name
}

const [AGAIN_MS, GIVE_UP] = [1_000, 60]

/** What others need may start later than who needs it. */
async function supervise(start: () => Promise<void>): Promise<void> {
  for (let times = 1; ; times++) {
    try {
      return await start()
    } catch (error) {
      if (times === GIVE_UP) throw error
      await pause(AGAIN_MS)
    }
  }
}

/** Starts a service's main.ts and waits until it says where it listens. */
async function startService(
  name: ServiceName,
  options: { uid?: number; gid?: number; env: Record<string, string>; cwd: string },
  keep: (line: string) => void,
): Promise<Running> {
  const said = Promise.withResolvers<string>()
  const child: Child = start([process.execPath, join(repository, 'services', name, 'src/main.ts')], {
    ...options,
    onLine: (line) => {
      keep(line)
      if (line.startsWith('{"service"')) said.resolve(line)
    },
  })
  child.ended.then(({ stderr, stdout }) =>
    said.reject(new Error(`${name} ended before it was ready: ${(stderr || stdout).slice(-2_000)}`)),
  )
  const { addresses } = JSON.parse(await said.promise)
  return { addresses, pid: child.pid, ended: child.ended, stop: () => stop(child, 10_000) }
}
