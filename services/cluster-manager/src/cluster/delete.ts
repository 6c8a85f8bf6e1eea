import type { Outbox } from '@slipway/bus'
import { precondition } from '@slipway/errors'
import { isUniqueViolation } from '../database-error.ts'
import { deleteCluster as flow } from '../flow/delete-cluster.ts'
import type { Subject } from '../flow/flow.ts'
import { readHosts } from '../host/read.ts'
import { beginOperation } from '../operation/begin.ts'
import type { Operation, Wishes } from '../operation/operation.ts'
import { historyOf, operationOfCall, planOf } from '../operation/read.ts'
import { clusterTaken } from '../operation/resume.ts'
import { type Profiles, profileOf } from '../profile/profile.ts'
import { type Database, inTransaction } from '../store.ts'
import type { Cluster } from './cluster.ts'
import { type Change, refuseStale } from './create.ts'
import { clusterEvent } from './events.ts'
import { platformOf } from './observed.ts'
import { makePlan, type Plan } from './plan.ts'
import { readClusterWhole } from './read.ts'
import { moveCluster } from './store.ts'

/** What deleting clusters needs. */
export type DeleteDeps = {
  db: Database
  profiles: Profiles
  outbox: Pick<Outbox, 'nudge'>
  now: () => Date
  newId: () => string
}

/** What a person wants. */
export type DeleteWish = {
  project: string
  id: string
  wishes: Wishes
  dryRun: boolean
  planDigest: string
  createdBy: string
  idempotencyKey: string | undefined
}

/** Plans to delete a cluster, and unless it is a dry run begins to. A failed create or delete can be deleted too. */
export async function deleteCluster(deps: DeleteDeps, wish: DeleteWish): Promise<Change> {
  const { db } = deps
  const before = await operationOfCall(db, wish.project, wish.idempotencyKey)
  const whole = await readClusterWhole(db, { project: wish.project, cluster: wish.id })
  const { cluster } = whole
  if (before) return { plan: (await planOf(db, before.id)) as Plan, cluster, operation: before }
  if (cluster.state === 'deleted') {
    const hint = 'Its hosts are free and its name can be used again.'
    throw precondition([{ field: `cluster ${cluster.name}`, message: 'is deleted already', hint }])
  }
  const hosts = await readHosts(
    db,
    wish.project,
    cluster.spec.nodes.map(({ host }) => host),
  )
  const subject: Subject = {
    spec: cluster.spec,
    hosts: new Map(hosts.map((host) => [host.id, { ...host, settings: profileOf(deps.profiles, host) }])),
    partOf: (host) => whole.release.platforms[platformOf(host)],
    wishes: wish.wishes,
  }
  const history = await historyOf(
    db,
    flow.steps.map(({ name }) => name),
  )
  const rests = { cluster: { id: cluster.id, state: cluster.state }, release: whole.releaseDigest, history }
  const plan = makePlan(flow, subject, rests)
  refuseStale(wish.planDigest, plan)
  return wish.dryRun ? { plan } : begin(deps, wish, cluster, plan)
}

async function begin(deps: DeleteDeps, wish: DeleteWish, cluster: Cluster, plan: Plan): Promise<Change> {
  const { db, newId, outbox } = deps
  const now = deps.now()
  const { project, wishes, createdBy, idempotencyKey } = wish
  const id = newId()
  try {
    const change = await inTransaction(
      db,
      async (tx): Promise<{ cluster: Cluster; operation: Operation }> => {
        const move = { state: 'deleting', stateReason: '', operation: id } as const
        const moved = await moveCluster(tx, cluster.id, move)
        const intent = {
          id,
          project,
          cluster: cluster.id,
          clusterName: cluster.name,
          kind: flow.kind,
          wishes,
          plan,
        }
        const operation = await beginOperation(
          tx,
          { ...intent, createdBy, idempotencyKey },
          { now, more: [clusterEvent(moved, 'deleting', now)] },
        )
        return { cluster: moved, operation }
      },
    )
    outbox.nudge()
    return { plan, ...change }
  } catch (error) {
    throw isUniqueViolation(error) ? await clusterTaken(db, cluster.id) : error
  }
}
