import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { ensureStreams, lookAtBus, openBus, openOutbox } from '@slipway/bus'
import { type RepoServiceServer, RepoServiceService } from '@slipway/contracts/repo/v1/repo_service'
import { type RunServiceServer, RunServiceService } from '@slipway/contracts/run/v1/run_service'
import { checkRoom, migrate, openDatabase } from '@slipway/database'
import { held, readiness, selfService } from '@slipway/health'
import { connect, serve } from '@slipway/rpc'
import { closing, readMaterial, type Service, tellableSettings } from '@slipway/service'
import { createLog, startTracing } from '@slipway/telemetry'
import { v7 as newId } from 'uuid'
import { hearOfAskers } from './asker/hear.ts'
import { beginQueued } from './cluster/begin-queued.ts'
import { followOperation } from './cluster/follow-operation.ts'
import type { Config } from './config.ts'
import { meansAt } from './flow/means.ts'
import { PrismaClient } from './gen/prisma/client.ts'
import { readOwnAddresses } from './host/own-addresses.ts'
import { openGatherings } from './host/worker.ts'
import { openEngine } from './operation/engine.ts'
import { readProfiles } from './profile/profile.ts'
import { implementations } from './rpc.ts'
import { openCatalogue } from './version/catalogue.ts'

const NAME = 'cluster-manager'
const SCHEMA = 'cluster_manager'
/** How often every replica looks for operations that nobody carries out. */
const SWEEP_MS = 4_000

/** Starts cluster-manager. */
export async function openClusterManager(config: Config): Promise<Service> {
  const { foundation } = config
  const log = createLog(NAME, foundation.logLevel)
  const opened = closing(log)
  try {
    opened.add('tracing', await startTracing(NAME, foundation.otlp, log))
    const { tls, key, publicKeys } = await readMaterial(NAME, foundation)
    const url = foundation.databaseUrl
    await migrate({ url, schema: SCHEMA, folder: join(import.meta.dirname, '../prisma/migrations') })
    const db = openDatabase(PrismaClient, { url, schema: SCHEMA, max: 10 })
    opened.add('database', () => db.$disconnect())
    const bus = await openBus({ ...foundation.nats, name: NAME })
    opened.add('bus', bus.close)
    await ensureStreams(bus)
    const outbox = await openOutbox({ bus, databaseUrl: url, schema: SCHEMA, log })
    opened.add('outbox', outbox.close)
    const runs = connect<RunServiceServer>(RunServiceService, {
      address: config.ansibleRunner,
      service: 'ansible-runner',
      tls,
    })
    opened.add('runs', runs.close)
    const repo = connect<RepoServiceServer>(RepoServiceService, {
      address: config.repoProxy,
      service: 'repo-proxy',
      tls,
    })
    opened.add('repo', repo.close)

    const profiles = await readProfiles(config.profiles)
    const releases = await openCatalogue(config.releases, log)
    const now = () => new Date()
    const deps = {
      ...{ db, bus, outbox, log, runs, repo, key, publicKeys, profiles, releases, now, newId },
      random: randomBytes,
      manifests: config.manifests,
      committed: outbox.nudge,
      onMoved: followOperation,
      ownAddresses: () =>
        readOwnAddresses({ repo, listed: config.ownAddresses, loopbackHosts: config.loopbackHosts }),
    }
    const meansOf = meansAt(deps)
    const askers = await hearOfAskers(deps)
    opened.add('askers', askers.close)
    const gatherings = await openGatherings(deps)
    opened.add('gatherings', gatherings.close)
    const engine = await openEngine({
      ...deps,
      owner: randomUUID(),
      leaseMs: config.leaseMs,
      sweepMs: SWEEP_MS,
      beginQueued: (operation) => beginQueued(deps, operation),
      meansOf,
    })
    opened.add('engine', engine.close)
    const ready = readiness([held(() => checkRoom(url), now), () => lookAtBus(bus)])
    const settings = {
      ...tellableSettings(foundation),
      SLIPWAY_LEASE_SECONDS: String(config.leaseMs / 1000),
      SLIPWAY_LOOPBACK_HOSTS: String(config.loopbackHosts ?? false),
      SLIPWAY_OWN_ADDRESSES: config.ownAddresses.join(','),
    }
    const rpc = await serve({
      listen: foundation.rpcListen,
      tls,
      services: [
        ...implementations({ ...deps, meansOf }),
        selfService({ name: NAME, tls, ready, startedAt: now(), settings }),
      ],
      log,
    })
    opened.add('rpc', rpc.stop)
    return { name: NAME, addresses: { rpc: rpc.address }, stop: opened.close }
  } catch (error) {
    await opened.close()
    throw error
  }
}
