import type { Host as Row } from '../gen/prisma/client.ts'
import type { Transaction } from '../store.ts'
import { placeOf } from './address.ts'
import { type Facts, storedFacts } from './facts.ts'
import type { Host, HostState, NewHost } from './host.ts'
import type { Outcome } from './outcome.ts'

/** How a list of hosts is sorted: by name, or by address and port. */
export type Order = { by: 'name' | 'place'; descending: boolean }

/** Which hosts of a project are listed; '' takes all. */
export type Filter = { state: string; tag: string; cluster: string; search: string }

/** Those of the ids that the project has, in any order. */
export async function findHosts(db: Transaction, project: string, ids: readonly string[]): Promise<Host[]> {
  const rows = await db.host.findMany({ where: { project, id: { in: [...ids] } } })
  return rows.map(toHost)
}

/** Those of the names that the project has, in their alphabetical order. */
export async function findHostsByName(
  db: Transaction,
  project: string,
  names: readonly string[],
): Promise<Host[]> {
  const rows = await db.host.findMany({
    where: { project, name: { in: [...names] } },
    orderBy: { name: 'asc' },
  })
  return rows.map(toHost)
}

/** Hosts that have one of these names in the project or one of these addresses in any; `except` itself. */
export async function findTaken(
  db: Transaction,
  project: string,
  wanted: { names: readonly string[]; addresses: readonly string[]; except?: string },
): Promise<{ project: string; name: string; address: string; port: number }[]> {
  return db.host.findMany({
    where: {
      OR: [{ project, name: { in: [...wanted.names] } }, { address: { in: [...wanted.addresses] } }],
      ...(wanted.except ? { id: { not: wanted.except } } : {}),
    },
    select: { project: true, name: true, address: true, port: true },
  })
}

/** Adds hosts; somebody is taken to be at their gathering from `seenAt` on. */
export async function insertHosts(tx: Transaction, hosts: readonly Host[], seenAt: Date): Promise<void> {
  await tx.host.createMany({
    data: hosts.map(({ facts: _, ...host }) => ({
      ...host,
      place: placeOf(host.address, host.port),
      gatheringSeenAt: seenAt,
    })),
  })
}

/** `limit` hosts of a project in an order, after the sort key `after`. Each filter has an index beside the project's. */
export async function listHostRows(
  db: Transaction,
  project: string,
  options: { order: Order; filter: Filter; after: string | undefined; limit: number },
): Promise<Host[]> {
  const { order, filter, after, limit } = options
  const beyond = order.descending ? 'lt' : 'gt'
  const search = filter.search.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')
  const rows = await db.host.findMany({
    where: {
      project,
      ...(filter.state ? { state: filter.state } : {}),
      ...(filter.tag ? { tags: { has: filter.tag } } : {}),
      ...(filter.cluster ? { cluster: filter.cluster } : {}),
      ...(search ? { OR: [{ name: { contains: search } }, { address: { contains: search } }] } : {}),
      ...(after === undefined
        ? {}
        : { [order.by]: { [beyond]: order.by === 'place' ? BigInt(after) : after } }),
    },
    orderBy: { [order.by]: order.descending ? 'desc' : 'asc' },
    take: limit,
  })
  return rows.map(toHost)
}

/** Names of some hosts that log in with a credential. */
export async function findUsers(db: Transaction, credential: string, limit: number): Promise<string[]> {
  const rows = await db.host.findMany({
    where: { credential },
    select: { name: true },
    orderBy: { name: 'asc' },
    take: limit,
  })
  return rows.map(({ name }) => name)
}

/** Ids of the hosts that could not be reached with a credential. */
export async function findUnreachable(db: Transaction, credential: string): Promise<string[]> {
  const state: HostState = 'unreachable'
  const rows = await db.host.findMany({ where: { credential, state }, select: { id: true } })
  return rows.map(({ id }) => id)
}

/** Hosts of a project, locked until the transaction ends; in one order, so that two such never wait for each other. */
export async function lockHosts(tx: Transaction, project: string, ids: readonly string[]): Promise<Host[]> {
  await tx.$queryRaw`SELECT id FROM host WHERE project = ${project} AND id = ANY(${[...ids]}) ORDER BY id FOR UPDATE`
  return findHosts(tx, project, ids)
}

/** What a person changes. */
export type HostChange = Partial<NewHost & Pick<Host, 'hostKeys' | 'presentedHostKeys'>>

/** Keeps a change and counts the version up. */
export async function changeHost(tx: Transaction, host: Host, change: HostChange): Promise<Host> {
  const { address, port } = { ...host, ...change }
  const row = await tx.host.update({
    where: { id: host.id },
    data: { ...change, place: placeOf(address, port), version: { increment: 1 } },
  })
  return toHost(row)
}

/** Puts hosts into a cluster, or with null out of it. */
export async function setCluster(
  tx: Transaction,
  ids: readonly string[],
  cluster: string | null,
): Promise<Host[]> {
  const rows = await tx.host.updateManyAndReturn({
    where: { id: { in: [...ids] } },
    data: { cluster, version: { increment: 1 } },
  })
  return rows.map(toHost)
}

/** Keeps facts that were read before, as they are now. */
export async function setFacts(tx: Transaction, id: string, facts: Facts): Promise<void> {
  await tx.host.update({ where: { id }, data: { facts } })
}

/** Those of a cluster's hosts that are named. */
export async function findOfCluster(
  tx: Transaction,
  project: string,
  cluster: string,
  ids: readonly string[],
): Promise<string[]> {
  const where = { project, cluster, id: { in: [...ids] } }
  const rows = await tx.host.findMany({ where, select: { id: true } })
  return rows.map(({ id }) => id)
}

/** Hosts of a cluster that say to be the same machine, or to have the same name, as one of those given. */
export async function findSameIdentity(
  db: Transaction,
  {
    project,
    cluster,
    machineIds,
    hostnames,
  }: Record<'project' | 'cluster', string> & Record<'machineIds' | 'hostnames', string[]>,
): Promise<{ name: string; machineId: string; hostname: string }[]> {
  return db.$queryRaw`
    SELECT name, facts->>'machineId' AS "machineId", facts->>'hostname' AS hostname FROM host
    WHERE project = ${project} AND cluster = ${cluster}
      AND (facts->>'machineId' = ANY(${machineIds}) OR facts->>'hostname' = ANY(${hostnames}))
    ORDER BY name`
}

/** Removes a host's row. */
export async function removeHost(tx: Transaction, id: string): Promise<void> {
  await tx.host.delete({ where: { id } })
}

/** Marks hosts as being gathered by one gathering; an earlier one of theirs counts no more. */
export async function setGathering(
  tx: Transaction,
  ids: readonly string[],
  { gathering, now }: { gathering: string; now: Date },
): Promise<Host[]> {
  const state: HostState = 'gathering'
  const rows = await tx.host.updateManyAndReturn({
    where: { id: { in: [...ids] } },
    data: { gathering, gatheringSeenAt: now, state, stateReason: '', version: { increment: 1 } },
  })
  return rows.map(toHost)
}

/** The hosts of a gathering, in the order of their ids; says that somebody is at it. */
export async function touchGathering(db: Transaction, gathering: string, now: Date): Promise<Host[]> {
  await db.host.updateMany({ where: { gathering }, data: { gatheringSeenAt: now } })
  const rows = await db.host.findMany({ where: { gathering }, orderBy: { id: 'asc' } })
  return rows.map(toHost)
}

/** Keeps what a gathering learnt; undefined when it no longer is this host's. */
export async function setOutcome(
  tx: Transaction,
  of: { id: string; gathering: string },
  outcome: Outcome,
  now: Date,
): Promise<Host | undefined> {
  const { fact: _, facts, ...kept } = outcome
  const [row] = await tx.host.updateManyAndReturn({
    where: of,
    data: {
      ...kept,
      ...(facts ? { facts, factsAt: now } : {}),
      gathering: null,
      gatheringSeenAt: null,
      version: { increment: 1 },
    },
  })
  return row && toHost(row)
}

/** Gatherings that nobody has worked on since `before`. */
export async function findStaleGatherings(db: Transaction, before: Date): Promise<string[]> {
  const rows = await db.host.findMany({
    where: { gathering: { not: null }, gatheringSeenAt: { lt: before } },
    distinct: ['gathering'],
    select: { gathering: true },
  })
  return rows.flatMap(({ gathering }) => gathering ?? [])
}

/** Takes up a stale gathering; false when somebody else did. */
export async function takeUpGathering(
  tx: Transaction,
  gathering: string,
  { before, now }: { before: Date; now: Date },
): Promise<boolean> {
  const where = { gathering, gatheringSeenAt: { lt: before } }
  return (await tx.host.updateMany({ where, data: { gatheringSeenAt: now } })).count > 0
}

function toHost(row: Row): Host {
  const { place: _place, gatheringSeenAt: _seen, facts, ...host } = row
  return { ...host, state: host.state as HostState, facts: storedFacts(facts) }
}
