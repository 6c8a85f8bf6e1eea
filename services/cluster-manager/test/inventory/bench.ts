import { join } from 'node:path'
import { type Bus, ensureStreams, followSubject, openBus, openOutbox, readEvent } from '@slipway/bus'
import {
  type CredentialServiceServer,
  CredentialServiceService,
} from '@slipway/contracts/credential/v1/credential_service'
import type { Host } from '@slipway/contracts/host/v1/host'
import { type HostServiceServer, HostServiceService } from '@slipway/contracts/host/v1/host_service'
import { type RepoServiceServer, RepoServiceService } from '@slipway/contracts/repo/v1/repo_service'
import { type RunServiceServer, RunServiceService } from '@slipway/contracts/run/v1/run_service'
import {
  type VersionServiceServer,
  VersionServiceService,
} from '@slipway/contracts/version/v1/version_service'
import { migrate, openDatabase } from '@slipway/database'
import { type Client, implement, serve } from '@slipway/rpc'
import { closing, readMaterial } from '@slipway/service'
import { createLog } from '@slipway/telemetry'
import { startPlatform } from '@slipway/testing'
import { v7 as uuidv7 } from 'uuid'
import { credentialHandlers } from '../../src/credential/rpc.ts'
import { PrismaClient } from '../../src/gen/prisma/client.ts'
import type { GatherDeps } from '../../src/host/gather.ts'
import { hostHandlers } from '../../src/host/rpc.ts'
import { openGatherings } from '../../src/host/worker.ts'
import { openCatalogue } from '../../src/version/catalogue.ts'
import type { VersionDeps } from '../../src/version/read.ts'
import { versionHandlers } from '../../src/version/rpc.ts'
import { type FakeRunner, startFakeRunner } from './fake-runner.ts'

/** Hosts, credentials and versions of cluster-manager on a real PostgreSQL and NATS, with an invented ansible-runner. */
export type Bench = {
  hosts: Client<HostServiceServer>
  credentials: Client<CredentialServiceServer>
  versions: Client<VersionServiceServer>
  runner: FakeRunner
  /** Names of releases that repo-proxy says it has. */
  stored: Map<string, string>
  deps: GatherDeps & { db: PrismaClient }
  versionDeps: VersionDeps
  startWorker: () => Promise<{ close: () => Promise<void> }>
  /** Reads a project's host events until one satisfies `enough`; answers `<fact> <sequence>` of each. */
  eventsUntil: (project: string, host: string, enough: (fact: string) => boolean) => Promise<string[]>
  /** Waits, woken by events, until a host is in a state. */
  settled: (project: string, id: string) => Promise<Host>
  close: () => Promise<void>
}

/** Opens one; a test file has its own. */
export async function openBench(): Promise<Bench> {
  const log = createLog('test', process.env.SLIPWAY_LOG_LEVEL ?? 'error')
  const opened = closing(log)
  const platform = await startPlatform()
  opened.add('platform', platform.stop)
  const foundation = platform.foundation('cluster-manager')
  const { tls, publicKeys } = await readMaterial('cluster-manager', foundation)
  const schema = 'cluster_manager'
  const url = foundation.databaseUrl
  await migrate({ url, schema, folder: join(import.meta.dirname, '../../prisma/migrations') })
  const db = openDatabase(PrismaClient, { url, schema })
  opened.add('database', () => db.$disconnect())
  const bus: Bus = await openBus({ ...foundation.nats, name: 'cluster-manager' })
  opened.add('bus', bus.close)
  await ensureStreams(bus)
  const outbox = await openOutbox({ bus, databaseUrl: url, schema, log })
  opened.add('outbox', outbox.close)

  const runner = await startFakeRunner(await platform.tlsOf('ansible-runner'), log)
  opened.add('runner', runner.stop)
  const stored = new Map<string, string>()
  const repoServer = await serve({
    listen: '127.0.0.1:0',
    tls: await platform.tlsOf('repo-proxy'),
    log,
    services: [
      implement<RepoServiceServer>(RepoServiceService, {
        listReleases: async () => ({
          releases: [...stored].map(([name, resolvedJson]) => ({ name, resolvedJson })),
        }),
      }),
    ],
  })
  opened.add('repo', repoServer.stop)
  const runs = await platform.client<RunServiceServer>(RunServiceService, {
    service: 'ansible-runner',
    address: runner.address,
    as: 'cluster-manager',
  })
  const repo = await platform.client<RepoServiceServer>(RepoServiceService, {
    service: 'repo-proxy',
    address: repoServer.address,
    as: 'cluster-manager',
  })

  const base = { db, outbox, now: () => new Date(), newId: uuidv7, log, publicKeys, runs, repo }
  const profiles = new Map([['lab', { cgroup_driver: 'cgroupfs' }]])
  const releases = await openCatalogue(join(import.meta.dirname, '../../../../infra/releases'), log)
  const deps = { ...base, profiles, releases, ownAddresses: async () => new Set(['10.9.0.1']) }
  const versionDeps = { db, repo, releases }
  const server = await serve({
    listen: '127.0.0.1:0',
    tls,
    log,
    services: [
      implement<HostServiceServer>(HostServiceService, hostHandlers(deps)),
      implement<CredentialServiceServer>(CredentialServiceService, credentialHandlers(deps)),
      implement<VersionServiceServer>(VersionServiceService, versionHandlers(versionDeps)),
    ],
  })
  opened.add('server', server.stop)
  const to = { service: 'cluster-manager', address: server.address, as: 'api-gateway' } as const
  const hosts = await platform.client<HostServiceServer>(HostServiceService, to)

  async function* facts(project: string, host: string, signal: AbortSignal) {
    for await (const body of followSubject(bus, 'EVENTS', `slipway.evt.${project}.host.${host}.>`, signal)) {
      yield readEvent(body)
    }
  }
  return {
    hosts,
    credentials: await platform.client<CredentialServiceServer>(CredentialServiceService, to),
    versions: await platform.client<VersionServiceServer>(VersionServiceService, to),
    runner,
    stored,
    deps,
    versionDeps,
    startWorker: async () => {
      const worker = await openGatherings({ ...base, bus })
      opened.add('worker', worker.close)
      return worker
    },
    eventsUntil: async (project, host, enough) => {
      const done = new AbortController()
      const seen: string[] = []
      for await (const { fact, sequence } of facts(project, host, done.signal)) {
        seen.push(`${fact} ${sequence}`)
        if (enough(fact)) done.abort()
      }
      return seen
    },
    settled: async (project, id) => {
      const done = new AbortController()
      for await (const _ of facts(project, id, done.signal)) {
        const host = await hosts.getHost({ project, id })
        if (host.state !== 'gathering') {
          done.abort()
          return host
        }
      }
      throw new Error('the events ended')
    },
    close: opened.close,
  }
}
