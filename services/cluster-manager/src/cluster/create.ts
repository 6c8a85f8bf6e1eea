import type { Outbox } from '@slipway/bus'
import { bug, conflict } from '@slipway/errors'
import type { ResolvedRelease } from '@slipway/release'
import { type PublicKeys, seal } from '@slipway/secrets'
import { isUniqueViolation } from '../database-error.ts'
import { createCluster as flow } from '../flow/create-cluster.ts'
import type { Subject } from '../flow/flow.ts'
import { claimHosts } from '../host/claim.ts'
import type { Host } from '../host/host.ts'
import { beginOperation } from '../operation/begin.ts'
import { noWishes, type Operation, type Wishes } from '../operation/operation.ts'
import { historyOf, operationOfCall, planOf } from '../operation/read.ts'
import type { CheckDeps } from '../preflight/check.ts'
import { findFixes } from '../preflight/fixes.ts'
import { type Database, inTransaction } from '../store.ts'
import { readVersion } from '../version/read.ts'
import { type Change, observeHosts } from './change.ts'
import { type Cluster, endpointName, type NodeRow } from './cluster.ts'
import { clusterEvent } from './events.ts'
import { cgroupDriverOf, type Observed, platformOf } from './observed.ts'
import { canonical, type MadePlan, makePlan, type Plan, sha256 } from './plan.ts'
import { readCluster } from './read.ts'
import { type ClusterSpec, completeSpec, type SpecDraft } from './spec.ts'
import { refuseStale, rememberPlan } from './stale.ts'
import { findByName, insertCluster, keepRelease } from './store.ts'
import { refuse, validate } from './validate.ts'

/** What creating clusters needs. */
export type CreateDeps = CheckDeps & {
  publicKeys: PublicKeys
  outbox: Pick<Outbox, 'nudge'>
  random: (bytes: number) => Uint8Array
}

/** What a person wants. */
export type CreateWish = {
  project: string
  name: string
  draft: SpecDraft
  /** What can be mended safely on its hosts is mended first. */
  fix: boolean
  dryRun: boolean
  planDigest: string
  reason: string
  createdBy: string
  idempotencyKey: string | undefined
}

/** Plans a cluster, and unless it is a dry run begins to create it. The same call twice begins it once. */
export async function createCluster(deps: CreateDeps, wish: CreateWish): Promise<Change> {
  const { db } = deps
  const before = await operationOfCall(db, wish.project, wish.idempotencyKey)
  if (before) return madeBefore(db, before)
  try {
    return await planAndBegin(deps, wish)
  } catch (error) {
    // The other of two equal calls at the same moment won: its hosts, name or key are what this one met.
    const meanwhile = await operationOfCall(db, wish.project, wish.idempotencyKey)
    if (meanwhile) return madeBefore(db, meanwhile)
    throw error
  }
}

async function planAndBegin(deps: CreateDeps, wish: CreateWish): Promise<Change> {
  const { db } = deps
  const observed = await observe(deps, wish)
  const spec = completeSpec(
    wish.draft,
    new Map(
      [...observed.hosts.values()].map(({ id, name, settings }) => [
        id,
        { name, cgroupDriver: cgroupDriverOf(settings) },
      ]),
    ),
  )
  const taken = await findByName(db, wish.project, wish.name)
  const findings = validate(spec, observed)
  refuse(taken ? [nameTaken(wish.name), ...findings] : findings)
  const { version } = observed
  if (!version.usable) throw bug('a version that is not usable passed the checks')
  const { release } = version
  const { wishes, notes } = await wishesOf(deps, wish, { spec, hosts: [...observed.hosts.values()], release })
  const made = await planCreate(db, { name: wish.name, spec, observed, release, wishes, notes })
  await refuseStale(db, wish.project, wish.planDigest, made)
  const { plan } = made
  if (!wish.dryRun) return begin(deps, wish, { spec, made, release, wishes })
  await rememberPlan(db, wish.project, made, deps.now())
  return { plan }
}

/** With fixes the hosts are asked now what is to be mended: a plan is a promise. */
async function wishesOf(
  deps: CreateDeps,
  { project, name, fix }: CreateWish,
  { spec, hosts, release }: { spec: ClusterSpec; hosts: readonly Host[]; release: ResolvedRelease },
): Promise<{ wishes: Wishes; notes: string[] }> {
  if (!fix) return { wishes: noWishes, notes: [] }
  const cluster = { id: '', name, spec }
  const about = { project, cluster, nodes: spec.nodes, hosts, release, living: undefined }
  const { fixes, notes } = await findFixes(deps, about)
  return { wishes: { ...noWishes, fixes }, notes }
}

/** Reads the world outside of the spec. */
async function observe(deps: CreateDeps, { project, draft }: CreateWish): Promise<Observed> {
  const [hosts, version] = await Promise.all([
    observeHosts(deps, project, draft.nodes),
    readVersion(deps, draft.kubernetesVersion),
  ])
  return { hosts, version }
}

async function planCreate(
  db: Database,
  of: {
    name: string
    spec: ClusterSpec
    observed: Observed
    release: ResolvedRelease
    wishes: Wishes
    notes: readonly string[]
  },
): Promise<MadePlan> {
  const { name, spec, observed, release, wishes, notes } = of
  const subject: Subject = {
    spec,
    hosts: observed.hosts,
    partOf: (host) => release.platforms[platformOf(host)],
    wishes,
  }
  const history = await historyOf(db, flow.steps, spec.nodes.length)
  return makePlan(flow, subject, { cluster: { name }, release: digestOf(release), history, notes })
}

async function begin(
  deps: CreateDeps,
  wish: CreateWish,
  {
    spec,
    made,
    release,
    wishes,
  }: { spec: ClusterSpec; made: MadePlan; release: ResolvedRelease; wishes: Wishes },
): Promise<Change> {
  const { db, newId, outbox } = deps
  const { plan, basis } = made
  const now = deps.now()
  const { project, name, createdBy, idempotencyKey } = wish
  const id = newId()
  const operationId = newId()
  const cluster: Cluster = {
    ...{ id, project, name, spec, state: 'creating', stateReason: '', version: 1, createdAt: now },
    endpoint: `${endpointName({ name })}:${spec.apiServer.port}`,
    operation: operationId,
  }
  const encryptionKey = await seal(
    deps.publicKeys,
    'ansible-runner',
    Buffer.from(deps.random(32)).toString('base64'),
    { project, object: id, field: 'slipway_encryption_key' },
  )
  const nodes = spec.nodes.map((node): NodeRow => {
    const role = node.role === 'control-plane' ? 'control-plane' : 'worker'
    return {
      id: newId(),
      cluster: id,
      project,
      name: node.name,
      host: node.host,
      role,
      state: 'wished',
      version: 0,
    }
  })
  const operation = await inTransaction(db, async (tx) => {
    await keepRelease(tx, digestOf(release), release)
    await insertCluster(tx, cluster, { encryptionKey, release: digestOf(release), nodes })
    const about = { project, cluster: id, clusterName: name, kind: flow.kind }
    const grounds = { basis, specBefore: undefined }
    const intent = { ...about, id: operationId, wishes, reason: wish.reason, plan, grounds }
    const begun = await beginOperation(
      tx,
      { ...intent, createdBy, idempotencyKey },
      { now, more: [clusterEvent(cluster, 'created', now)] },
    )
    await claimHosts(tx, { project, cluster: id, hosts: spec.nodes.map(({ host }) => host), now })
    return begun
  }).catch((error) => {
    if (!isUniqueViolation(error)) throw error
    const { field, message, hint } = nameTaken(name)
    throw conflict(field, message, hint)
  })
  outbox.nudge()
  return { plan, cluster, operation }
}

async function madeBefore(db: Database, operation: Operation): Promise<Change> {
  const cluster = await readCluster(db, operation.project, operation.cluster)
  return { plan: (await planOf(db, operation.id)) as Plan, cluster, operation }
}

function nameTaken(name: string) {
  const hint = 'Take another name, or delete that cluster first.'
  return {
    code: 'Conflict',
    field: 'name',
    message: `the project has a cluster ${name} already`,
    hint,
  } as const
}

function digestOf(release: ResolvedRelease): string {
  return sha256(canonical(release))
}
