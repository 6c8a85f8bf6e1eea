import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { checkBusRoom, ensureStreams, openBus, openOutbox } from '@slipway/bus'
import { checkRoom, migrate, openDatabase } from '@slipway/database'
import { unavailable } from '@slipway/errors'
import { held, lookAtSelf, readiness } from '@slipway/health'
import { recordKey } from '@slipway/secrets'
import { closing, readMaterial, type Service } from '@slipway/service'
import { createLog, startTracing } from '@slipway/telemetry'
import { auditHandlers } from './audit/rpc.ts'
import { openAuditStore } from './audit/store.ts'
import { type GatewayConfig, tellableGatewaySettings } from './config.ts'
import { eventHandlers } from './event/rpc.ts'
import { openSubscriptionStore, type Whose } from './event/store.ts'
import { subscribe } from './event/subscribe.ts'
import { sweepSubscriptions } from './event/sweep.ts'
import { PrismaClient } from './gen/prisma/client.ts'
import { serveGrpc } from './grpc/server.ts'
import { ensureFirstAdministrator } from './identity/first-administrator.ts'
import { identityHandlers, type RightsEnded } from './identity/rpc.ts'
import { openIdentityStore } from './identity/store.ts'
import { installHandlers } from './install/rpc.ts'
import { openInstallStore } from './install/store.ts'
import { objectHandlers } from './object/rpc.ts'
import { createOnce } from './pipeline/idempotency.ts'
import { openLedger } from './pipeline/ledger.ts'
import { createLimits } from './pipeline/limit.ts'
import { createPipeline } from './pipeline/pipeline.ts'
import { createRecorder } from './pipeline/record.ts'
import { answerSeal } from './pipeline/sealing.ts'
import { openCallStore } from './pipeline/store.ts'
import { projectHandlers } from './project/rpc.ts'
import { openProjectStore } from './project/store.ts'
import { recordHandlers } from './record/rpc.ts'
import { createRest } from './rest/server.ts'
import { sessionHandlers } from './session/rpc.ts'
import { openSessionStore } from './session/store.ts'
import { connectUpstreams } from './upstream.ts'
import { watchHandlers } from './watch/rpc.ts'

const NAME = 'api-gateway'
const SCHEMA = 'api_gateway'
const SWEEP_MS = 60_000

/** Opens the only door of an install: REST and public gRPC over one pipeline. */
export async function openApiGateway(config: GatewayConfig): Promise<Service> {
  const { foundation, stalledMs } = config
  const { databaseUrl } = foundation
  const now = () => new Date()
  const log = createLog(NAME, foundation.logLevel)
  const opened = closing(log)
  try {
    opened.add('tracing', await startTracing(NAME, foundation.otlp, log))
    const { tls, key, publicKeys } = await readMaterial(NAME, foundation)
    const accountSeed = await readSeed(config.natsAccountSeedFile)
    const signing = recordKey(await readSeed(foundation.files.seed))
    await migrate({
      url: databaseUrl,
      schema: SCHEMA,
      folder: join(import.meta.dirname, '../prisma/migrations'),
    })
    const db = openDatabase(PrismaClient, { url: databaseUrl, schema: SCHEMA, max: 10 })
    opened.add('database', () => db.$disconnect())
    const bus = await openBus({ ...foundation.nats, name: NAME })
    opened.add('bus', bus.close)
    await ensureStreams(bus)
    const outbox = await openOutbox({ bus, databaseUrl, schema: SCHEMA, log })
    opened.add('outbox', outbox.close)
    const upstream = connectUpstreams(config.upstreams, tls)
    opened.add('upstreams', upstream.close)

    const identity = openIdentityStore(db, outbox.nudge)
    const sessions = openSessionStore(db)
    const projects = openProjectStore(db, outbox.nudge)
    const audit = openAuditStore(db)
    const calls = openCallStore(db)
    const subscriptions = openSubscriptionStore(db)
    const { membership } = projects
    await ensureFirstAdministrator(identity, {
      file: config.enrolmentFile,
      say: (text) => process.stderr.write(text),
      now: now(),
    })

    const sweep = () => sweepSubscriptions({ bus, store: subscriptions, log }, now())
    const endSubscriptions = async (whose: Whose, at: Date) => {
      await subscriptions.end(whose, at)
      await sweep()
    }
    const rightsEnded: RightsEnded = (of, at) =>
      endSubscriptions('user' in of ? { userId: of.user } : { tokenId: of.token }, at)
    const ping = () => db.$queryRaw`SELECT 1`
    const room = held(() => checkRoom(databaseUrl), now)
    const ready = readiness([() => ping().then(room), held(() => checkBusRoom(bus, NAME), now)])
    const settings = tellableGatewaySettings(config)
    const self = { name: NAME, tls, ready, startedAt: now(), settings }
    const own = {
      'slipway.identity.v1.IdentityService': {
        ...identityHandlers({
          store: identity,
          sessions,
          membership,
          rightsEnded,
          enrolled: () => rm(config.enrolmentFile, { force: true }),
        }),
        ...sessionHandlers({ store: sessions, rightsEnded }),
      },
      'slipway.project.v1.ProjectService': projectHandlers({
        store: projects,
        owned: upstream.owned,
        rightsEnded: ({ project, user }, at) =>
          endSubscriptions({ projectId: project, ...(user ? { userId: user } : {}) }, at),
      }),
      'slipway.install.v1.InstallService': installHandlers({
        ...{ bus, projects, audit, settings, ...upstream },
        store: openInstallStore(db),
        own: { name: NAME, look: () => lookAtSelf(self) },
        ca: () => tls.ca,
        dir: config.installDir,
        now,
      }),
      'slipway.audit.v1.AuditService': auditHandlers(audit),
      'slipway.event.v1.EventService': eventHandlers({
        store: subscriptions,
        subscribe: (asked) => subscribe({ bus, store: subscriptions, accountSeed }, asked),
        end: endSubscriptions,
        url: config.natsPublicUrl,
      }),
      'slipway.object.v1.ObjectService': objectHandlers(upstream.objects),
      'slipway.operation.v1.OperationService': {
        ...watchHandlers({ bus, ...upstream }),
        ...recordHandlers({ bus, ...upstream, findUser: identity.findUser, key: signing, now }),
      },
    }
    const limits = createLimits(config.rates, now)
    const ledger = openLedger(audit, log)
    opened.add('audit', ledger.settle)
    const pipeline = createPipeline({
      identity: { ...identity, ...sessions },
      membership,
      record: createRecorder({ ledger, limits, log, now }),
      limits,
      once: createOnce(calls, answerSeal(key, publicKeys), now),
      table: { own, upstreams: upstream.services },
      now,
    })
    const tidy = setInterval(() => {
      const work = [
        sweep(),
        calls.forget(now()),
        audit.forgetStrangers(now()),
        ledger.settle(),
        sessions.tidy(now()),
      ]
      Promise.all(work).catch((err) => log.warn({ err }, 'tidying up failed'))
    }, SWEEP_MS)
    opened.add('tidying', () => clearInterval(tidy))

    const ending = new AbortController()
    const grpc = await serveGrpc({
      listen: config.grpcListen,
      tls,
      pipeline,
      stalledMs,
      ending: ending.signal,
    })
    opened.add('grpc', grpc.stop)
    const rest = await createRest({
      ...{ pipeline, tls, ready, log, stalledMs },
      ending: ending.signal,
      consoleDir: config.consoleDir,
    })
    opened.add('rest', () => rest.close())
    const [host, port] = split(config.restListen)
    const address = await rest.listen({ host, port })
    opened.add('streams', () => ending.abort())
    return { name: NAME, addresses: { rest: address, grpc: grpc.address }, stop: opened.close }
  } catch (error) {
    await opened.close()
    throw error
  }
}

async function readSeed(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw unavailable(file, `${file} can't be read: ${cause.message}`, 'Make it with `slipway init`.', cause)
  })
  return text.trim()
}

function split(listen: string): [string, number] {
  const at = listen.lastIndexOf(':')
  return [listen.slice(0, at).replace(/^\[|\]$/g, ''), Number(listen.slice(at + 1))]
}
