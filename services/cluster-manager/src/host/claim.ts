import { notFound, SlipwayError } from '@slipway/errors'
import type { Cidr } from '../cluster/cidr.ts'
import { addToOutbox, type Transaction } from '../store.ts'
import { hostEvent } from './events.ts'
import type { Host } from './host.ts'
import { findOfCluster, lockHosts, setCluster, setFacts } from './store.ts'
import { withoutNetwork } from './without-network.ts'

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

/**
 * Makes hosts of a cluster free again in the caller's transaction; nudge the outbox after it. Of those that were cleaned the
 * cluster's `ranges` are no facts any more: read while they were nodes, they would keep the next cluster from the same ones.
 */
export async function releaseHosts(
  tx: Transaction,
  of: Release & { project: string; cluster: string; hosts: readonly string[]; now: Date },
): Promise<Host[]> {
  const ids = await findOfCluster(tx, of.project, of.cluster, of.hosts)
  const hosts = await lockHosts(tx, of.project, ids)
  for (const { id, name, facts } of hosts) {
    if (facts && !of.isLeft(name)) await setFacts(tx, id, withoutNetwork(facts, of.ranges))
  }
  return set(tx, hosts, null, of.now)
}

/** What a cluster had of its hosts, and which of them, by name, were left as they were. */
type Release = { ranges: readonly Cidr[]; isLeft: (name: string) => boolean }

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
