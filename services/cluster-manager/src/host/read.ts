import { notFound } from '@slipway/errors'
import type { Transaction } from '../store.ts'
import type { Host } from './host.ts'
import { findHosts, findUsers } from './store.ts'

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

/** Names of hosts that log in with a credential, `limit` at most. */
export async function hostsUsing(db: Transaction, credential: string, limit: number): Promise<string[]> {
  return findUsers(db, credential, limit)
}
