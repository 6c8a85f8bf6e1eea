import type { Outbox } from '@slipway/bus'
import type { Role } from '@slipway/contracts'
import type { ServiceKey } from '@slipway/secrets'
import { isUniqueViolation } from '../database-error.ts'
import type { Flow, Subject } from '../flow/flow.ts'
import { readHosts } from '../host/read.ts'
import { beginOperation } from '../operation/begin.ts'
import type { Operation, Wishes } from '../operation/operation.ts'
import { firstToBegin, followQueue } from '../operation/queue.ts'
import { historyOf, operationOfCall, planOf } from '../operation/read.ts'
import { ClusterTaken, MovedMeanwhile } from '../operation/record.ts'
import { clusterTaken } from '../operation/resume.ts'
import { type Profiles, profileOf } from '../profile/profile.ts'
import { type Database, inTransaction, lockCluster, type Transaction } from '../store.ts'
import type { Cluster } from './cluster.ts'
import { clusterEvent } from './events.ts'
import { type ObservedHost, platformOf } from './observed.ts'
import { type MadePlan, makePlan, type Plan } from './plan.ts'
import { queueChange } from './queue-change.ts'
import { readClusterWhole } from './read.ts'
import type { ClusterSpec, NodeSpec } from './spec.ts'
import { refuseStale, rememberPlan } from './stale.ts'
import { moveCluster } from './store.ts'

/** What changing clusters needs. */
export type ChangeDeps = {
  db: Database
  profiles: Profiles
  key: ServiceKey
  outbox: Pick<Outbox, 'nudge'>
  now: () => Date
  newId: () => string
}

/** What every change of a cluster is asked with, besides what it is to change. */
export type Asked = {
  project: string
  /** Of the cluster. */
  id: string
  dryRun: boolean
  planDigest: string
  reason: string
  createdBy: string
  /** The role that the asker has now; none where Slipway asks itself. */
  createdAs: Role | undefined
  idempotencyKey: string | undefined
  /** To wait behind what is changing the cluster, rather than be refused. */
  queue: boolean
  /** The queued operation whose turn it is: it becomes this change. */
  turn?: string
  /** Names of the nodes that it is about, where it names some. */
  names?: readonly string[]
}

/**
 * A plan, and unless it was only that the cluster and the operation that changes it. One that is queued has no plan
 * yet.
 */
export type Change = { plan?: Plan; cluster?: Cluster; operation?: Operation }

/** Everything that is kept of the cluster to be changed. */
export type Whole = Awaited<ReturnType<typeof readClusterWhole>>

/** What a kind of change makes of a cluster. */
export type Changing = {
  wishes: Wishes
  /** The spec it is planned for, and that the cluster has from its beginning. */
  spec: ClusterSpec
  /** The nodes whose hosts it touches. */
  nodes: readonly NodeSpec[]
  state: Cluster['state']
  notes?: readonly string[]
  /** What else begins with it, in the same transaction. */
  also?: (tx: Transaction) => Promise<void>
}

/**
 * Plans a change of a cluster, and unless it is a dry run begins it, or queues it where it is to wait. The same call
 * twice begins it once.
 */
export async function changeCluster(
  deps: ChangeDeps,
  asked: Asked,
  flow: Flow,
  decide: (whole: Whole) => Promise<Changing>,
): Promise<Change> {
  const { db } = deps
  const { project, id } = asked
  const before = await operationOfCall(db, project, asked.idempotencyKey)
  const whole = await readClusterWhole(db, { project, cluster: id })
  const { cluster } = whole
  if (before) return madeBefore(db, cluster, before)
  const queued = await queueChange(deps, asked, { cluster, kind: flow.kind })
  if (queued) return madeBefore(db, cluster, queued)
  const changing = await decide(whole)
  const { wishes, spec, nodes, notes } = changing
  const subject: Subject = {
    ...{ spec, wishes },
    hosts: await observeHosts(deps, project, nodes),
    partOf: (host) => whole.release.platforms[platformOf(host)],
  }
  const history = await historyOf(db, flow.steps, nodes.length)
  const rests = { cluster: { id, state: cluster.state }, release: whole.releaseDigest, history, notes }
  const made = makePlan(flow, subject, rests)
  await refuseStale(db, project, asked.planDigest, made)
  const { plan } = made
  if (!asked.dryRun) return begin(deps, asked, { cluster, flow, changing, made })
  await rememberPlan(db, project, made, deps.now())
  return { plan }
}

/** The hosts of nodes with the settings of their profiles, by id. */
export async function observeHosts(
  { db, profiles }: Pick<ChangeDeps, 'db' | 'profiles'>,
  project: string,
  nodes: readonly NodeSpec[],
): Promise<Map<string, ObservedHost>> {
  const hosts = await readHosts(db, project, [...new Set(nodes.map(({ host }) => host))])
  return new Map(hosts.map((host) => [host.id, { ...host, settings: profileOf(profiles, host) }]))
}

async function begin(
  deps: ChangeDeps,
  asked: Asked,
  of: { cluster: Cluster; flow: Flow; changing: Changing; made: MadePlan },
): Promise<Change> {
  const { db, outbox } = deps
  const { cluster, flow, made } = of
  try {
    const change = await inTransaction(db, (tx) => beginIn(tx, deps, asked, of))
    outbox.nudge()
    return { plan: made.plan, ...change }
  } catch (error) {
    if (!isUniqueViolation(error) && !(error instanceof ClusterTaken)) throw error
    if (asked.turn) throw new MovedMeanwhile(asked.turn)
    // Somebody began to change it while this was planned, or the same call was sent twice at once.
    const other =
      (await operationOfCall(db, asked.project, asked.idempotencyKey)) ??
      (await queueChange(deps, asked, { cluster, kind: flow.kind }))
    if (other) return madeBefore(db, cluster, other)
    throw await clusterTaken(db, cluster.id)
  }
}

async function beginIn(
  tx: Transaction,
  { newId, now: clock }: ChangeDeps,
  { project, reason, createdBy, idempotencyKey, turn }: Asked,
  { cluster, flow, changing, made }: { cluster: Cluster; flow: Flow; changing: Changing; made: MadePlan },
): Promise<{ cluster: Cluster; operation: Operation }> {
  const now = clock()
  const { wishes, spec, state } = changing
  await lockCluster(tx, cluster.id)
  const { first, waiting } = await firstToBegin(tx, cluster.id)
  if (first && first.id !== turn) throw new ClusterTaken(cluster.id)
  const id = turn ?? newId()
  const moved = await moveCluster(tx, cluster, { state, stateReason: '', operation: id, spec, now })
  // Planned for what another change has meanwhile made different, it would take that back.
  if (!moved) throw new ClusterTaken(cluster.id)
  const event = clusterEvent(moved, state === cluster.state ? 'updated' : state, now)
  const about = { project, cluster: cluster.id, clusterName: cluster.name, kind: flow.kind }
  const grounds = { basis: made.basis, specBefore: cluster.spec }
  const intent = { ...about, id, wishes, reason, plan: made.plan, grounds, createdBy, idempotencyKey }
  const operation = await beginOperation(tx, intent, { now, more: [event], queued: turn !== undefined })
  await changing.also?.(tx)
  if (waiting > 0) await followQueue(tx, cluster.id, now)
  return { cluster: moved, operation }
}

async function madeBefore(db: Database, cluster: Cluster, operation: Operation): Promise<Change> {
  if (operation.turn === undefined) return { cluster, operation }
  return { plan: (await planOf(db, operation.id)) as Plan, cluster, operation }
}
