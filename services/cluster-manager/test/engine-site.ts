import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { type Bus, ensureStreams, followSubject, openBus, openOutbox, readEvent } from '@slipway/bus'
import { migrate, openDatabase } from '@slipway/database'
import { closing } from '@slipway/service'
import { createLog } from '@slipway/telemetry'
import { type Platform, startPlatform } from '@slipway/testing'
import { v7 as newId } from 'uuid'
import { PrismaClient } from '../src/gen/prisma/client.ts'
import { beginOperation } from '../src/operation/begin.ts'
import { type Engine, openEngine } from '../src/operation/engine.ts'
import { noWishes, type Operation } from '../src/operation/operation.ts'
import { queueOperation } from '../src/operation/queue.ts'
import type { MeansOf, StepMeans, StepWork } from '../src/operation/step-context.ts'
import { readOperationById } from '../src/operation/store.ts'
import { type Database, inTransaction, lockCluster } from '../src/store.ts'

/** What steps do, by name; one with an undo, or with what a flow says of it, gives more than its work. */
export type Steps = Record<string, StepWork | (Partial<StepMeans> & Pick<StepMeans, 'work'>)>

/** How the engine carries such steps out. */
export function meansFrom(steps: Steps): MeansOf {
  return (_kind, name) => {
    const step = steps[name] ?? (async () => {})
    const means = typeof step === 'function' ? { work: step } : step
    return { minutes: () => 1, runs: false, lasting: '', mayBeSkipped: false, ...means }
  }
}

/** Says the steps of a change and what each needs, when its turn has come. */
type Decide = () => Record<string, string[]> | Promise<Record<string, string[]>>

/** How a replica goes about it, where it is not as usual. */
type Pace = { sweepMs: number; atOnce: number; leaseMs?: number }

/** A database and a bus for the engine, where steps are what a test says. */
export type EngineSite = {
  db: Database
  /** A replica with the given steps; it stops with the site. */
  replica: (steps: Steps, owner?: string, pace?: Pace) => Promise<Engine>
  /** A planned operation of a cluster of its own: its steps and what each needs. */
  plan: (graph: Record<string, string[]>) => Promise<Operation>
  /**
   * Another change of that one's cluster, queued if it has to wait. At its turn `decide` says its steps, or throws what
   * refuses it.
   */
  queue: (first: Operation, decide?: Decide) => Promise<Operation | undefined>
  /** The operation once it is as wished. */
  until: (id: string, is: (operation: Operation) => boolean, withinMs?: number) => Promise<Operation>
  /** The facts that were published of an operation, up to the one given. */
  facts: (operation: Operation, last: string) => Promise<string[]>
  committed: () => void
  stop: () => Promise<void>
}

/** Of a replica that dies. */
export const LEASE_MS = 1_500
/** Of those that live: on a busy machine no renewal may come too late, or a step would rightly be adopted. */
const LIVING_LEASE_MS = 30_000

/** Starts one; about three seconds. `wish` is what its platform is to be. */
export async function startEngineSite(wish: Parameters<typeof startPlatform>[0] = {}): Promise<EngineSite> {
  const platform: Platform = await startPlatform(wish)
  const { databaseUrl: url, nats, logLevel } = platform.foundation('cluster-manager')
  const log = createLog('cluster-manager', logLevel)
  const opened = closing(log)
  opened.add('platform', platform.stop)
  const schema = 'cluster_manager'
  await migrate({ url, schema, folder: join(import.meta.dirname, '../prisma/migrations') })
  const db = openDatabase(PrismaClient, { url, schema, max: 10 })
  opened.add('database', () => db.$disconnect())
  const bus: Bus = await openBus({ ...nats, name: 'cluster-manager' })
  opened.add('bus', bus.close)
  await ensureStreams(bus)
  const outbox = await openOutbox({ bus, databaseUrl: url, schema, log })
  opened.add('outbox', outbox.close)
  const now = () => new Date()
  const decisions = new Map<string, Decide>()
  const about = { clusterName: 'c', createdBy: 'u1', reason: '' } as const

  async function beginQueued({ id, project, cluster, kind }: Operation): Promise<void> {
    const steps = stepsOf((await decisions.get(id)?.()) ?? {})
    await inTransaction(db, async (tx) => {
      await lockCluster(tx, cluster)
      const grounds = { basis: {}, specBefore: undefined }
      const plan = { digest: 'd', steps }
      const intent = { ...about, id, project, cluster, kind, wishes: noWishes, plan, grounds }
      await beginOperation(
        tx,
        { ...intent, idempotencyKey: undefined },
        { now: now(), more: [], queued: true },
      )
    })
  }

  return {
    db,
    replica: async (steps, owner = randomUUID(), pace: Pace = { sweepMs: 200, atOnce: 50 }) => {
      const engine = await openEngine({
        ...{ db, bus, log, now, owner, leaseMs: LIVING_LEASE_MS, ...pace, committed: outbox.nudge },
        meansOf: meansFrom(steps),
        onMoved: async () => {},
        beginQueued,
      })
      opened.add('replica', engine.close)
      return engine
    },
    plan: async (graph) => {
      const cluster = newId()
      const project = newId()
      const digest = randomUUID()
      await db.release.create({ data: { digest, resolved: {} } })
      await db.cluster.create({
        data: {
          ...{
            id: cluster,
            project,
            name: 'c',
            liveName: 'c',
            state: 'creating',
            stateReason: '',
            spec: { nodes: [] },
          },
          ...{
            endpoint: '',
            operation: '',
            version: 1,
            createdAt: now(),
            encryptionKey: '',
            release: digest,
          },
        },
      })
      const steps = stepsOf(graph)
      const operation = await inTransaction(db, (tx) =>
        beginOperation(
          tx,
          {
            ...{ ...about, id: newId(), project, cluster, kind: 'create-cluster', wishes: noWishes },
            plan: { digest: 'd', steps },
            grounds: { basis: {}, specBefore: undefined },
            idempotencyKey: undefined,
          },
          { now: now(), more: [] },
        ),
      )
      outbox.nudge()
      return operation
    },
    queue: async ({ project, cluster }, decide = () => ({ only: [] })) => {
      const wish = {
        ...about,
        project,
        cluster,
        kind: 'update-nodes',
        nodes: ['w1'],
        planDigest: '',
        createdAs: 'operator',
      } as const
      const queued = await inTransaction(db, async (tx) => {
        await lockCluster(tx, cluster)
        return queueOperation(tx, { ...wish, request: {}, idempotencyKey: undefined }, { newId, now: now() })
      })
      if (queued) decisions.set(queued.id, decide)
      outbox.nudge()
      return queued
    },
    until: async (id, is, withinMs = 20_000) => {
      const deadline = Date.now() + withinMs
      for (;;) {
        const operation = await readOperationById(db, id)
        if (operation && is(operation)) return operation
        if (Date.now() > deadline) throw new Error(`it did not come to that: ${JSON.stringify(operation)}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    facts: async ({ project, id }, last) => {
      const done = new AbortController()
      const facts: string[] = []
      let sequence = 0
      for await (const body of followSubject(
        bus,
        'EVENTS',
        `slipway.evt.${project}.operation.${id}.>`,
        done.signal,
      )) {
        const event = readEvent(body)
        if (event.sequence !== ++sequence)
          throw new Error(`event ${event.sequence} came after ${sequence - 1}`)
        facts.push(event.fact)
        if (event.fact === last) done.abort()
      }
      return facts
    },
    committed: outbox.nudge,
    stop: opened.close,
  }
}

function stepsOf(graph: Record<string, string[]>) {
  return Object.entries(graph).map(([name, needs]) => ({ name, title: name, nodes: [], needs }))
}
