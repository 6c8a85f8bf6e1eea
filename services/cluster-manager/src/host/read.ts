import { notFound } from '@slipway/errors'
import type { Transaction } from '../store.ts'
import type { Host } from './host.ts'
import { findHosts, findHostsByName, findSameIdentity, findUsers } from './store.ts'

/** One host of a project. */
export async function readHost(db: Transaction, project: string, id: string): Promise<Host> {
  const [host] = await findHosts(db, project, [id])
  if (!host) throw notFound('host', id)
  return host
}

/** Hosts of a project in the order of their ids as given; those that the project lacks are left out. */
export async function readHosts(db: Transaction, project: string, ids: readonly string[]): Promise<Host[]> {
  const found = new Map((await findHosts(db, project, ids)).map((host) => [host.id, host]))
  return ids.flatMap((id) => found.get(id) ?? [])
}

/** Hosts of a cluster that some others, not of it, would take the identity of. */
export async function findTwins(
  db: Transaction,
  { project, cluster, hosts }: { project: string; cluster: string; hosts: readonly Host[] },
): Promise<{ host: string; twin: string; what: 'machine id' | 'host name' }[]> {
  const known = hosts.flatMap(({ id, facts }) => (facts ? [{ id, ...facts }] : []))
  const machineIds = known.map(({ machineId }) => machineId).filter(Boolean)
  const hostnames = known.map(({ hostname }) => hostname).filter(Boolean)
  const same = await findSameIdentity(db, { project, cluster, machineIds, hostnames })
  return known.flatMap(({ id, machineId, hostname }) =>
    same.flatMap((twin) => [
      ...(twin.machineId === machineId ? [{ host: id, twin: twin.name, what: 'machine id' as const }] : []),
      ...(twin.hostname === hostname ? [{ host: id, twin: twin.name, what: 'host name' as const }] : []),
    ]),
  )
}

/** Names of hosts that log in with a credential, `limit` at most. */
export async function hostsUsing(db: Transaction, credential: string, limit: number): Promise<string[]> {
  return findUsers(db, credential, limit)
}

/** Hosts of a project by their names; those that the project lacks are left out. */
export async function readHostsByName(
  db: Transaction,
  project: string,
  names: readonly string[],
): Promise<Host[]> {
  return names.length > 0 ? findHostsByName(db, project, names) : []
}
