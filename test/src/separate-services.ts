import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { provision } from '@slipway/database'
import { ownerOf, startNats, startPostgres } from '@slipway/embedded'
import { databaseRoles, environmentOf, makeInstall, type ServiceName } from '@slipway/install'
import { labProfile } from '@slipway/lab'
import { type Child, run, start, stop } from '@slipway/process'
import { readTls } from '@slipway/service'
import { createLog } from '@slipway/telemetry'

const repository = join(import.meta.dirname, '../..')

/** One service in a process of its own. */
type ServiceProcess = { addresses: Record<string, string>; pid: number; kill: () => Promise<void> }

/** A Slipway whose every service is a process of its own, on a PostgreSQL and a NATS that it did not start. */
export type SeparateServices = {
  ca: string
  grpc: string
  repo: string
  enrolmentFile: string
  /** Two replicas. */
  managers: [ServiceProcess, ServiceProcess]
  /** Starts a replica where a killed one listened. */
  restartManager: (killed: ServiceProcess) => Promise<ServiceProcess>
  stop: () => Promise<void>
}

/** Starts them unprivileged; nodes reach repo-proxy at `address`. */
export async function startSeparateServices(options: {
  address: string
  natsServer: string
  ansibleVenv: string
  logLevel: string
}): Promise<SeparateServices> {
  const { address, natsServer, ansibleVenv, logLevel } = options
  const stops: (() => Promise<unknown>)[] = []
  const dir = await mkdtemp('/var/lib/slipway/separate-')
  stops.push(() => rm(dir, { recursive: true, force: true }))
  const stopAll = async () => {
    for (const one of stops.splice(0).reverse()) await one()
  }
  try {
    return await startAll()
  } catch (error) {
    await stopAll()
    throw error
  }

  async function startAll(): Promise<SeparateServices> {
    const owner = await ownerOf('slipway')
    const install = await makeInstall({
      dir,
      names: { dns: ['repo.slipway.internal'], ips: [address] },
      now: Date.now(),
    })
    const profiles = join(dir, 'profiles')
    for (const folder of [profiles, join(dir, 'home'), join(dir, 'repo'), join(dir, 'bin')])
      await mkdir(folder)
    await writeFile(join(profiles, 'lab.yaml'), JSON.stringify(await labProfile()))
    const program = join(dir, 'bin/nats-server')
    await copyFile(natsServer, program)
    await run(['chown', '--recursive', 'slipway:', dir])
    const postgres = await startPostgres({
      dir: join(dir, 'postgres'),
      password: install.postgresPassword,
      owner,
      durable: false,
    })
    stops.push(postgres.stop)
    const nats = await startNats({
      program,
      dir: join(dir, 'nats'),
      // What docs/settings.md tells people to write; nats-server takes paths from its own file's folder.
      settings: `include ${relative(join(dir, 'nats'), install.natsSettingsFile)}`,
      owner,
      tls: await readTls(install.natsTls, { log: createLog('separate services', logLevel) }),
    })
    stops.push(nats.stop)
    await provision(postgres.url, databaseRoles(install))

    const begin = async (name: ServiceName, rpcListen: string, more: Record<string, string>) => {
      const at = { databaseUrl: postgres.url, natsUrl: nats.url, rpcListen, logLevel }
      const env = { ...environmentOf(install, name, at), ...more, HOME: join(dir, 'home') }
      const child = await startService(name, { ...owner, env, cwd: join(dir, 'home') })
      stops.push(child.stop)
      return child
    }
    const anywhere = '127.0.0.1:0'
    const [repo, runner] = await Promise.all([
      begin('repo-proxy', anywhere, {
        SLIPWAY_REPO_LISTEN: `${address}:0`,
        SLIPWAY_REPO_DIR: join(dir, 'repo'),
        SLIPWAY_REPO_ADDRESSES: address,
      }),
      begin('ansible-runner', anywhere, {
        SLIPWAY_ANSIBLE_PLAYBOOKS: join(repository, 'infra/ansible'),
        SLIPWAY_ANSIBLE_VENV: ansibleVenv,
      }),
    ])
    const startManager = (rpcListen: string) =>
      begin('cluster-manager', rpcListen, {
        SLIPWAY_ANSIBLE_RUNNER: runner.addresses.rpc ?? '',
        SLIPWAY_REPO_PROXY: repo.addresses.rpc ?? '',
        SLIPWAY_RELEASES: join(repository, 'infra/releases'),
        SLIPWAY_HOST_PROFILES: profiles,
      })
    const managers = await Promise.all([startManager(anywhere), startManager(anywhere)])
    const enrolmentFile = join(dir, 'home/first-administrator')
    const gateway = await begin('api-gateway', anywhere, {
      SLIPWAY_REST_LISTEN: anywhere,
      SLIPWAY_GRPC_LISTEN: anywhere,
      SLIPWAY_CLUSTER_MANAGER: `ipv4:${managers.map(({ addresses }) => addresses.rpc).join(',')}`,
      SLIPWAY_ANSIBLE_RUNNER: runner.addresses.rpc ?? '',
      SLIPWAY_REPO_PROXY: repo.addresses.rpc ?? '',
      SLIPWAY_NATS_ACCOUNT_SEED: install.natsAccountSeedFile,
      SLIPWAY_ENROLMENT_FILE: enrolmentFile,
    })
    return {
      ca: await readFile(install.caFile, 'utf8'),
      grpc: gateway.addresses.grpc ?? '',
      repo: `https://${repo.addresses.repo}`,
      enrolmentFile,
      managers,
      restartManager: ({ addresses }) => startManager(addresses.rpc ?? anywhere),
      stop: stopAll,
    }
  }
}

/** Starts a service's main.ts and waits until it says where it listens. */
async function startService(
  name: ServiceName,
  options: { uid?: number; gid?: number; env: Record<string, string>; cwd: string },
): Promise<ServiceProcess & { stop: () => Promise<unknown> }> {
  const said = Promise.withResolvers<string>()
  const child: Child = start([process.execPath, join(repository, 'services', name, 'src/main.ts')], {
    ...options,
    onLine: (line) => {
      if (line.startsWith('{"service"')) said.resolve(line)
    },
  })
  child.ended.then(({ stderr, stdout }) =>
    said.reject(new Error(`${name} ended before it was ready: ${(stderr || stdout).slice(-2_000)}`)),
  )
  const { addresses } = JSON.parse(await said.promise)
  return {
    addresses,
    pid: child.pid,
    kill: async () => {
      process.kill(child.pid, 'SIGKILL')
      await child.ended
    },
    stop: () => stop(child, 10_000),
  }
}
