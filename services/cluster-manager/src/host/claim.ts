import { notFound, SlipwayError } from '@slipway/errors'
import { addToOutbox, type Transaction } from '../store.ts'
import { hostEvent } from './events.ts'
import type { Host } from './host.ts'
import { findOfCluster, lockHosts, setCluster } from './store.ts'

/**
 * Makes hosts part of a cluster, in the caller's transaction; nudge the outbox after it. Those that are part of it
 * already stay as they are; one of another cluster, or an id that the project lacks, refuses all.
 */
export async function claimHosts(
  tx: Transaction,
  of: { project: string; cluster: string; hosts: readonly string[]; now: Date },
): Promise<Host[]> {
  const hosts = await lockHosts(tx, of.project, of.hosts)
  const missing = of.hosts.find((id) => !hosts.some((host) => host.id === id))
  if (missing !== undefined) throw notFound('host', missing)
  refuseTaken(hosts.filter(({ cluster }) => cluster !== null && cluster !== of.cluster))
  const free = hosts.filter(({ cluster }) => cluster === null)
  const claimed = await set(tx, free, of.cluster, of.now)
  return hosts.map((host) => claimed.find(({ id }) => id === host.id) ?? host)
}

/** Makes a cluster's hosts free again, those named or all, in the caller's transaction; nudge the outbox after it. */
export async function releaseHosts(
  tx: Transaction,
  of: { project: string; cluster: string; hosts?: readonly string[]; now: Date },
): Promise<Host[]> {
  const ids = await findOfCluster(tx, of.project, of.cluster, of.hosts)
  return set(tx, await lockHosts(tx, of.project, ids), null, of.now)
}

async function set(
  tx: Transaction,
  hosts: readonly Host[],
  cluster: string | null,
  now: Date,
): Promise<Host[]> {
  const changed = await setCluster(
    tx,
    hosts.map(({ id }) => id),
    cluster,
  )
  await addToOutbox(
    tx,
    changed.map((host) => hostEvent(host, 'updated', now)),
  )
  return changed
}

function refuseTaken(taken: readonly Host[]): void {
  const [first] = taken
  if (!first) return
  const problems = taken.map(({ name, cluster }) => ({
    field: `host ${name}`,
    message: `is part of cluster ${cluster}`,
    hint: 'Take a free host, or delete that cluster first.',
  }))
  throw new SlipwayError('Conflict', `Host ${first.name} is part of another cluster.`, problems)
}
