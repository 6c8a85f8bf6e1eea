import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { ensureStreams, lookAtBus, openBus, openOutbox } from '@slipway/bus'
import { RunServiceService } from '@slipway/contracts/run/v1/run_service'
import { checkRoom, migrate, openDatabase } from '@slipway/database'
import { precondition } from '@slipway/errors'
import { held, readiness, selfService } from '@slipway/health'
import { implement, serve } from '@slipway/rpc'
import { closing, readMaterial, type Service, tellableSettings } from '@slipway/service'
import { createLog, startTracing } from '@slipway/telemetry'
import type { Config } from './config.ts'
import { PrismaClient } from './gen/prisma/client.ts'
import { openSockets } from './playbook/sockets.ts'
import { runService } from './rpc.ts'
import { type Context, createNotices } from './run/context.ts'
import { recoverRuns } from './run/recover.ts'
import { sweepOldRuns } from './run/remove-old.ts'
import { work } from './run/work.ts'

const NAME = 'ansible-runner'
const SCHEMA = 'ansible_runner'

/** Starts ansible-runner. Playbooks never run as root: as root it wants somebody else to run them as. */
export async function openAnsibleRunner(config: Config): Promise<Service> {
  const { foundation, playbooks, venv, parallel, keptDays, runAs } = config
  if (process.getuid?.() === 0 && !runAs) {
    const hint = 'Start it as the user slipway, or name one to run playbooks as.'
    throw precondition([{ field: NAME, message: 'must not run playbooks as root', hint }])
  }
  const log = createLog(NAME, foundation.logLevel)
  const opened = closing(log)
  try {
    opened.add('tracing', await startTracing(NAME, foundation.otlp, log))
    const { tls, key, publicKeys } = await readMaterial(NAME, foundation)
    const url = foundation.databaseUrl
    await migrate({ url, schema: SCHEMA, folder: join(import.meta.dirname, '../prisma/migrations') })
    const db = openDatabase(PrismaClient, { url, schema: SCHEMA })
    opened.add('database', () => db.$disconnect())
    const bus = await openBus({ ...foundation.nats, name: NAME })
    opened.add('bus', bus.close)
    await ensureStreams(bus)
    const outbox = await openOutbox({ bus, databaseUrl: url, schema: SCHEMA, log })
    opened.add('outbox', outbox.close)
    const sockets = await openSockets(runAs)
    opened.add('sockets', sockets.close)
    const context: Context = {
      db,
      bus,
      log,
      key,
      publicKeys,
      stage: { venv, sockets: sockets.folder, runAs },
      playbooks,
      owner: randomUUID(),
      now: () => new Date(),
      running: new Map(),
      notices: createNotices(),
    }
    opened.add('recovery', recoverRuns(context))
    opened.add('removal', sweepOldRuns(context, keptDays))
    opened.add('work', await work(context, parallel))
    const handlers = runService(context, outbox.nudge)
    const { now } = context
    const ready = readiness([held(() => checkRoom(url), now), () => lookAtBus(bus)])
    const settings = {
      ...tellableSettings(foundation),
      SLIPWAY_RUNNER_PARALLEL: String(parallel),
      SLIPWAY_RUN_DAYS: String(keptDays),
    }
    const self = selfService({ name: NAME, tls, ready, startedAt: now(), settings })
    const services = [implement(RunServiceService, handlers), self]
    const rpc = await serve({ listen: foundation.rpcListen, tls, services, log })
    opened.add('rpc', rpc.stop)
    return { name: NAME, addresses: { rpc: rpc.address }, stop: opened.close }
  } catch (error) {
    await opened.close()
    throw error
  }
}
