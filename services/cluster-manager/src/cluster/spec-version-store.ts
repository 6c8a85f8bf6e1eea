import { Prisma } from '../gen/prisma/client.ts'
import type { Database, Transaction } from '../store.ts'
import type { ClusterSpec } from './spec.ts'

/** What a cluster was to be from one change of its spec to the next; what is not known of it is empty. */
export type SpecVersion = {
  cluster: string
  /** Counted from 1. */
  number: number
  spec: ClusterSpec | null
  operation: string
  kind: string
  createdAt: Date | null
  createdBy: string
  reason: string
}

/**
 * Keeps what a cluster is to be from now on, unless it is that already. Two at once would take the same number: the cluster
 * is locked, or nobody knows it yet.
 */
export async function keepSpecVersion(
  tx: Transaction,
  { cluster, spec, operation, now }: { cluster: string; spec: ClusterSpec; operation: string; now: Date },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO spec_version (cluster, number, spec, operation, created_at)
    SELECT ${cluster}, coalesce(last.number, 0) + 1, wished.spec, ${operation}, ${now}::timestamptz
    FROM (SELECT ${JSON.stringify(spec)}::jsonb AS spec) AS wished
    LEFT JOIN (SELECT number, spec FROM spec_version WHERE cluster = ${cluster} ORDER BY number DESC LIMIT 1) AS last ON true
    WHERE last.spec IS DISTINCT FROM wished.spec`
}

/** Everything but the spec; who and why is known by the operation. */
const others = Prisma.sql`version.cluster, number, coalesce(version.operation, '') AS operation, coalesce(kind, '') AS kind,
  version.created_at AS "createdAt", coalesce(created_by, '') AS "createdBy", coalesce(reason, '') AS reason
  FROM spec_version AS version LEFT JOIN operation ON operation.id = version.operation`

/** Versions of a cluster's spec before a number, the newest first; without the specs, of which one may name 1,000 nodes. */
export async function listSpecVersionRows(
  db: Database,
  cluster: string,
  { before, limit }: { before: number; limit: number },
): Promise<SpecVersion[]> {
  return db.$queryRaw`
    SELECT NULL AS spec, ${others}
    WHERE version.cluster = ${cluster} AND number < ${before}
    ORDER BY number DESC LIMIT ${limit}`
}

/** One version with its spec. */
export async function findSpecVersion(
  db: Database,
  cluster: string,
  number: number,
): Promise<SpecVersion | undefined> {
  const [row] = await db.$queryRaw<SpecVersion[]>`
    SELECT spec, ${others}
    WHERE version.cluster = ${cluster} AND number = ${number}`
  return row
}
