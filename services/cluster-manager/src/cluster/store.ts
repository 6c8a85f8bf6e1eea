import type { ResolvedRelease } from '@slipway/release'
import { type Node as NodeEntry, Prisma, type Cluster as Row } from '../gen/prisma/client.ts'
import type { Page } from '../page.ts'
import type { Database, Transaction } from '../store.ts'
import type { Cluster, ClusterState, ClusterSummary, NodeRow, NodeState, Sealed } from './cluster.ts'
import type { ClusterSpec } from './spec.ts'
import { keepSpecVersion } from './spec-version-store.ts'

/** What is sealed is 10 KB of a row, and read only where it is used. */
const omit = { encryptionKey: true, pullToken: true, adminConfig: true, adminConfigObject: true } as const

/** A cluster of a project. */
export async function findCluster(
  db: Transaction,
  project: string,
  id: string,
): Promise<Cluster | undefined> {
  const row = await db.cluster.findFirst({ where: { id, project }, omit })
  return row ? toCluster(row) : undefined
}

/** The same with what is sealed for it and the digest of its release, which stand in its row. */
export async function findClusterWhole(
  db: Transaction,
  project: string,
  id: string,
): Promise<{ cluster: Cluster; sealed: Sealed; releaseDigest: string } | undefined> {
  const row = await db.cluster.findFirst({ where: { id, project } })
  if (!row) return undefined
  const { encryptionKey, pullToken, adminConfig, adminConfigObject } = row
  const sealed = { encryptionKey, pullToken, adminConfig, adminConfigObject }
  return { cluster: toCluster(row), sealed, releaseDigest: row.release }
}

/** The living cluster of that name. */
export async function findByName(
  db: Transaction,
  project: string,
  name: string,
): Promise<Cluster | undefined> {
  const where = { project_liveName: { project, liveName: name } }
  const row = await db.cluster.findUnique({ where, omit })
  return row ? toCluster(row) : undefined
}

/**
 * One page of a project's clusters, the oldest first; deleted ones only where their state is asked for. Without specs unless
 * the view is full: fifty of ten nodes each took 10 ms of CPU on their way out, and of a thousand nodes they are 10 MB.
 * A part of a name is looked for in every name of the project, which takes 0.3 ms of 1,000: less than an index of trigrams
 * would cost the writes, and it would need an extension.
 */
export async function listClusterRows(
  db: Database,
  project: string,
  filter: Record<'state' | 'search' | 'view', string>,
  page: Page,
): Promise<ClusterSummary[]> {
  return db.$queryRaw`
    SELECT id, project, name, state, state_reason AS "stateReason", endpoint, operation, version, created_at AS "createdAt",
      spec->>'kubernetesVersion' AS "kubernetesVersion", jsonb_array_length(spec->'nodes') AS "nodeCount",
      ${filter.view === 'full' ? Prisma.sql`spec` : Prisma.sql`NULL`} AS spec
    FROM cluster
    WHERE project = ${project}
      AND ${filter.state ? Prisma.sql`state = ${filter.state}` : Prisma.sql`state <> 'deleted'`}
      AND (${filter.search} = '' OR strpos(name, ${filter.search.toLowerCase()}) > 0)
      AND id > ${page.after ?? ''}
    ORDER BY id LIMIT ${page.size + 1}`
}

/** Inserts a new cluster with its nodes and the first version of its spec; a unique violation when the name is taken. */
export async function insertCluster(
  tx: Transaction,
  cluster: Cluster,
  more: { encryptionKey: string; release: string; nodes: readonly NodeRow[] },
): Promise<void> {
  await tx.cluster.create({
    data: {
      ...cluster,
      liveName: cluster.name,
      spec: cluster.spec as unknown as Prisma.InputJsonObject,
      encryptionKey: more.encryptionKey,
      release: more.release,
    },
  })
  await insertNodes(tx, more.nodes)
  const { id, spec, operation, createdAt: now } = cluster
  await keepSpecVersion(tx, { cluster: id, spec, operation, now })
}

/**
 * Moves a cluster with its operation and raises its version; nothing where it is not as it was read. A deleted one gives its
 * name free. Another spec is kept as a version too.
 */
export async function moveCluster(
  tx: Transaction,
  { id, version }: Pick<Cluster, 'id' | 'version'>,
  {
    spec,
    now,
    ...move
  }: { state: ClusterState; stateReason: string; operation: string; spec?: ClusterSpec; now: Date },
): Promise<Cluster | undefined> {
  const [row] = await tx.cluster.updateManyAndReturn({
    where: { id, version },
    omit,
    data: {
      ...move,
      ...(spec ? { spec: spec as unknown as Prisma.InputJsonObject } : {}),
      ...(move.state === 'deleted' ? { liveName: null } : {}),
      version: { increment: 1 },
    },
  })
  if (row && spec) await keepSpecVersion(tx, { cluster: id, spec, operation: move.operation, now })
  return row && toCluster(row)
}

/** What is sealed for a cluster. */
export async function readSealed(db: Transaction, id: string): Promise<Sealed> {
  return db.cluster.findUniqueOrThrow({
    where: { id },
    select: { encryptionKey: true, pullToken: true, adminConfig: true, adminConfigObject: true },
  })
}

/** Keeps what was sealed for a cluster; nothing of it is shown, so its version stays. */
export async function keepSealed(db: Transaction, id: string, sealed: Partial<Sealed>): Promise<void> {
  await db.cluster.update({ where: { id }, data: sealed })
}

const PLAN_DAYS = 7

/** Keeps what a plan rests on by its digest; those of more than a week ago are forgotten. */
export async function keepGivenPlan(
  db: Database,
  { basis, ...given }: { project: string; digest: string; basis: unknown; givenAt: Date },
): Promise<void> {
  const long = new Date(given.givenAt.getTime() - PLAN_DAYS * 24 * 3_600_000)
  await db.givenPlan.deleteMany({ where: { givenAt: { lt: long } } })
  const data = { ...given, basis: basis as Prisma.InputJsonObject }
  await db.givenPlan.createMany({ data: [data], skipDuplicates: true })
}

/** What a plan rested on that was given to somebody of the project. */
export async function findGivenPlan(db: Database, project: string, digest: string): Promise<unknown> {
  const row = await db.givenPlan.findUnique({ where: { project_digest: { project, digest } } })
  return row?.basis
}

/** Keeps a resolved release by its digest. */
export async function keepRelease(tx: Transaction, digest: string, resolved: ResolvedRelease): Promise<void> {
  const data = [{ digest, resolved: resolved as unknown as Prisma.InputJsonObject }]
  await tx.release.createMany({ data, skipDuplicates: true })
}

/** Releases are few. */
const MOST_RELEASES = 50
const releases = new Map<string, ResolvedRelease>()

/** A release by its digest. It never changes, so it is read once: 25 KB of JSON, twice for every operation. */
export async function readRelease(db: Transaction, digest: string): Promise<ResolvedRelease> {
  const known = releases.get(digest)
  if (known) return known
  const row = await db.release.findUniqueOrThrow({ where: { digest } })
  const resolved = row.resolved as unknown as ResolvedRelease
  if (releases.size >= MOST_RELEASES) releases.clear()
  releases.set(digest, resolved)
  return resolved
}

/** The digest of the release that a cluster was made from. */
export async function releaseDigestOf(db: Transaction, id: string): Promise<string> {
  return (await db.cluster.findUniqueOrThrow({ where: { id }, select: { release: true } })).release
}

/** The operation that changes a cluster, or did last. */
export async function operationChanging(db: Transaction, id: string): Promise<string> {
  return (await db.cluster.findUniqueOrThrow({ where: { id }, select: { operation: true } })).operation
}

/** A cluster's nodes by name. */
export async function nodesOf(db: Transaction, cluster: string): Promise<NodeRow[]> {
  return (await db.node.findMany({ where: { cluster }, orderBy: { name: 'asc' } })).map(toNode)
}

/** Moves a node to another state and raises its version; undefined when it was there already. */
export async function moveNode(tx: Transaction, id: string, state: NodeState): Promise<NodeRow | undefined> {
  const where = { id, state: { not: state } }
  const [row] = await tx.node.updateManyAndReturn({ where, data: { state, version: { increment: 1 } } })
  return row ? toNode(row) : undefined
}

/** Inserts rows of nodes; a unique violation when a name is taken. */
export async function insertNodes(tx: Transaction, nodes: readonly NodeRow[]): Promise<void> {
  await tx.node.createMany({ data: [...nodes] })
}

/** Deletes rows of nodes that left a living cluster: their names may be used again. */
export async function dropNodes(tx: Transaction, nodes: readonly Pick<NodeRow, 'id'>[]): Promise<void> {
  await tx.node.deleteMany({ where: { id: { in: nodes.map(({ id }) => id) } } })
}

function toCluster(row: Omit<Row, keyof typeof omit>): Cluster {
  return {
    id: row.id,
    project: row.project,
    name: row.name,
    state: row.state as ClusterState,
    stateReason: row.stateReason,
    spec: row.spec as unknown as ClusterSpec,
    endpoint: row.endpoint,
    operation: row.operation,
    version: row.version,
    createdAt: row.createdAt,
  }
}

function toNode(row: NodeEntry): NodeRow {
  return { ...row, role: row.role as NodeRow['role'], state: row.state as NodeState }
}
