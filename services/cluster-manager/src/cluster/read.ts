import { notFound } from '@slipway/errors'
import type { ResolvedRelease } from '@slipway/release'
import { operationsOf } from '../operation/read.ts'
import { pageOf, readPage } from '../page.ts'
import type { Database, Transaction } from '../store.ts'
import type { Cluster, ClusterSummary, NodeRow, Sealed } from './cluster.ts'
import { findSpecVersion, listSpecVersionRows, type SpecVersion } from './spec-version-store.ts'
import {
  findCluster,
  findClusterWhole,
  listClusterRows,
  nodesOf,
  readRelease,
  releaseDigestOf,
} from './store.ts'

/** One cluster of a project, also a deleted one. */
export async function readCluster(db: Transaction, project: string, id: string): Promise<Cluster> {
  const cluster = await findCluster(db, project, id)
  if (!cluster) throw notFound('cluster', id)
  return cluster
}

/** One page of a project's clusters, the oldest first. */
export async function listClusters(
  db: Database,
  request: Record<'project' | 'pageToken' | 'state' | 'search' | 'view', string> & { pageSize: number },
): Promise<{ rows: ClusterSummary[]; nextPageToken: string }> {
  const page = readPage(request, 'id')
  return pageOf(await listClusterRows(db, request.project, request, page), page, 'id', ({ id }) => id)
}

/** PostgreSQL's largest integer: no number of a version is higher. */
const ABOVE_ALL = 2_147_483_647

/** One page of what a cluster was to be, the newest first. */
export async function listSpecVersions(
  db: Database,
  request: Record<'project' | 'id' | 'pageToken', string> & { pageSize: number },
): Promise<{ rows: SpecVersion[]; nextPageToken: string }> {
  const page = readPage(request, 'number')
  const { id } = await readCluster(db, request.project, request.id)
  const before = Number.parseInt(page.after ?? '', 10) || ABOVE_ALL
  const rows = await listSpecVersionRows(db, id, { before, limit: page.size + 1 })
  return pageOf(rows, page, 'number', ({ number }) => String(number))
}

/** What a cluster was to be at one time, with the spec. */
export async function readSpecVersion(
  db: Database,
  { project, id, number }: { project: string; id: string; number: number },
): Promise<SpecVersion> {
  const cluster = await readCluster(db, project, id)
  const version = await findSpecVersion(db, cluster.id, number)
  if (!version) throw notFound('spec-version', String(number))
  return version
}

/** A cluster with everything that is kept of it. */
export async function readClusterWhole(
  db: Database,
  of: { project: string; cluster: string },
): Promise<{
  cluster: Cluster
  sealed: Sealed
  nodes: NodeRow[]
  release: ResolvedRelease
  releaseDigest: string
  operations: string[]
}> {
  const known = await findClusterWhole(db, of.project, of.cluster)
  if (!known) throw notFound('cluster', of.cluster)
  const [nodes, release, operations] = await Promise.all([
    nodesOf(db, of.cluster),
    readRelease(db, known.releaseDigest),
    operationsOf(db, of.cluster),
  ])
  return { ...known, nodes, release, operations }
}

/** What a cluster was made from: the release's digest, and which version of what belongs to it. */
export async function readVersionsOf(
  db: Transaction,
  id: string,
): Promise<{ releaseDigest: string; kubernetes: string; components: Record<string, string> }> {
  const releaseDigest = await releaseDigestOf(db, id)
  const { kubernetes, components } = await readRelease(db, releaseDigest)
  return { releaseDigest, kubernetes, components }
}
