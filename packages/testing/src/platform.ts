import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ServiceDefinition } from '@grpc/grpc-js'
import { provision } from '@slipway/database'
import { ownerOf, startNats, startPostgres } from '@slipway/embedded'
import { databaseRoles, foundationOf, type Install, makeInstall, type ServiceName } from '@slipway/install'
import { type Client, connect, type Tls } from '@slipway/rpc'
import { closing, type Foundation, readMaterial, readTls } from '@slipway/service'
import { createLog } from '@slipway/telemetry'

/** A real PostgreSQL, a real NATS and an install's keys, in a folder of their own, on free ports. */
export type Platform = {
  dir: string
  install: Install
  /** What a service is started with here. */
  foundation: (service: ServiceName) => Foundation
  /** Certificates to call as another service. */
  tlsOf: (service: ServiceName) => Promise<Tls>
  /** A client of a service that calls as `as`. */
  client: <S>(
    definition: ServiceDefinition,
    to: { service: ServiceName; address: string; as: ServiceName },
  ) => Promise<Client<S>>
  databaseUrl: string
  natsUrl: string
  stop: () => Promise<void>
}

/** How a platform is other than usual. */
type PlatformWish = {
  /** When its keys were made. */
  madeAt?: number
  /** Folders for the data of its servers; PostgreSQL keeps its word there. */
  disks?: { postgres?: string; nats?: string }
}

/** Starts a platform; every test file has its own, and stops it. Takes about two seconds. */
export async function startPlatform(wish: PlatformWish = {}): Promise<Platform> {
  const { madeAt = Date.now(), disks = {} } = wish
  const logLevel = process.env.SLIPWAY_LOG_LEVEL ?? 'warn'
  const log = createLog('testing', logLevel)
  const opened = closing(log)
  try {
    const dir = await mkdtemp(join(tmpdir(), 'slipway-test-'))
    opened.add('folder', () => rm(dir, { recursive: true, force: true }))
    await chmod(dir, 0o755)
    const owner = await ownerOf('slipway')
    const install = await makeInstall({ dir, names: { dns: [], ips: [] }, now: madeAt })
    const cache = process.env.SLIPWAY_CACHE ?? join(homedir(), '.cache/slipway')
    const password = install.postgresPassword
    const postgres = await startPostgres({
      dir: join(disks.postgres ?? dir, 'postgres'),
      password,
      owner,
      durable: disks.postgres !== undefined,
    })
    opened.add('postgres', postgres.stop)
    const program = join(cache, 'bin/nats-server')
    const nats = await startNats({
      program,
      dir: join(disks.nats ?? dir, 'nats'),
      settings: install.natsSettings,
      tls: await readTls(install.natsTls, { log }),
    })
    opened.add('nats', nats.stop)
    await provision(postgres.url, databaseRoles(install))
    const at = { databaseUrl: postgres.url, natsUrl: nats.url, logLevel }
    const foundation = (service: ServiceName) => foundationOf(install, service, at)
    const tlsOf = async (service: ServiceName) => (await readMaterial(service, foundation(service))).tls
    return {
      dir,
      install,
      foundation,
      tlsOf,
      client: async (definition, { service, address, as }) => {
        const client = connect(definition, { service, address, tls: await tlsOf(as) })
        opened.add(`client of ${service}`, () => client.close())
        return client as never
      },
      databaseUrl: postgres.url,
      natsUrl: nats.url,
      stop: opened.close,
    }
  } catch (error) {
    await opened.close()
    throw error
  }
}
