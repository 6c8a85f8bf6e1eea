import type { Outbox } from '@slipway/bus'
import { conflict, notFound } from '@slipway/errors'
import { resolveCredentials } from '../credential/read.ts'
import { addToOutbox, type Database, inTransaction, lockInventory, type Transaction } from '../store.ts'
import type { OwnAddresses } from './address.ts'
import { checkHosts, refusal } from './check.ts'
import type { AddDeps } from './create.ts'
import { hostEvent } from './events.ts'
import { beginGathering } from './gathering.ts'
import type { Host, HostUpdate } from './host.ts'
import { changeHost, findTaken, lockHosts } from './store.ts'

/**
 * Changes a host. One that is reached otherwise afterwards has its facts read again; its pinned key stays, so that a
 * new address is the same machine or shows itself as another one.
 */
export async function updateHost(deps: AddDeps, update: HostUpdate): Promise<Host> {
  const { db, outbox, newId } = deps
  const own: OwnAddresses =
    update.change.address === undefined ? new Set<string>() : await deps.ownAddresses()
  const now = deps.now()
  const changed = await inTransaction(db, async (tx) => {
    await lockInventory(tx)
    const host = await lockOne(tx, update.project, update.id)
    refuseStale(host, update)
    refuseInCluster(host, update)
    const credential = await check(tx, deps, { host, update, own })
    const after = await changeHost(tx, host, { ...update.change, ...(credential ? { credential } : {}) })
    await addToOutbox(tx, [hostEvent(after, 'updated', now)])
    if (!isReachedOtherwise(host, after)) return after
    const [begun = after] = await beginGathering(tx, [after], { now, newId, work: true })
    return begun
  })
  outbox.nudge()
  return changed
}

/** Reads a host's facts again, in the background. One that is being read is left to it. */
export async function refreshHost(
  deps: { db: Database; outbox: Pick<Outbox, 'nudge'>; now: () => Date; newId: () => string },
  project: string,
  id: string,
): Promise<Host> {
  const { db, outbox, newId } = deps
  const refreshed = await inTransaction(db, async (tx) => {
    const host = await lockOne(tx, project, id)
    if (host.gathering !== null) return host
    const [begun = host] = await beginGathering(tx, [host], { now: deps.now(), newId, work: true })
    return begun
  })
  outbox.nudge()
  return refreshed
}

/** One host of a project, locked until the transaction ends. */
export async function lockOne(tx: Transaction, project: string, id: string): Promise<Host> {
  const [host] = await lockHosts(tx, project, [id])
  if (!host) throw notFound('host', id)
  return host
}

function refuseStale(host: Host, { version }: HostUpdate): void {
  if (version === 0 || version === host.version) return
  const message = `Host ${host.name} is at version ${host.version} by now, not ${version}.`
  throw conflict('version', message, 'Read it again, then change it.')
}

function refuseInCluster(host: Host, { change }: HostUpdate): void {
  if (host.cluster === null) return
  const moved = (['name', 'address'] as const).find(
    (field) => change[field] !== undefined && change[field] !== host[field],
  )
  if (!moved) return
  const message = `Host ${host.name} is part of a cluster, whose certificates hold its ${moved}.`
  throw conflict(moved, message, 'Delete the cluster first, or leave it as it is.')
}

/** Throws every problem that the change would make; answers the id of the credential that it names. */
async function check(
  tx: Transaction,
  { profiles }: Pick<AddDeps, 'profiles'>,
  { host, update, own }: { host: Host; update: HostUpdate; own: OwnAddresses },
): Promise<string | undefined> {
  const { project, change } = update
  const wanted = { ...host, ...change }
  const credentials = await resolveCredentials(tx, project, [wanted.credential])
  const taken = await findTaken(tx, project, {
    names: [wanted.name],
    addresses: [wanted.address],
    except: host.id,
  })
  const [problems = []] = checkHosts([wanted], { project, own, profiles, credentials, taken })
  // What was accepted once is not held against another field's change: a profile may have gone since.
  const ours = problems.filter(({ field }) => field in change)
  if (ours.length > 0) throw refusal(ours)
  return change.credential === undefined ? undefined : credentials.get(wanted.credential)
}

function isReachedOtherwise(before: Host, after: Host): boolean {
  return (
    before.address !== after.address || before.port !== after.port || before.credential !== after.credential
  )
}
