import type { Outbox } from '@slipway/bus'
import { resolveCredentials } from '../credential/read.ts'
import type { Profiles } from '../profile/profile.ts'
import { addToOutbox, type Database, inTransaction, lockInventory } from '../store.ts'
import type { OwnAddresses } from './address.ts'
import { checkHosts, type HostProblem, refusal } from './check.ts'
import { gatheringWork, hostEvent } from './events.ts'
import { batches, newGathering } from './gathering.ts'
import type { Host, NewHost } from './host.ts'
import { findTaken, insertHosts } from './store.ts'

/** What adding hosts needs. */
export type AddDeps = {
  db: Database
  outbox: Pick<Outbox, 'nudge'>
  profiles: Profiles
  ownAddresses: () => Promise<OwnAddresses>
  now: () => Date
  newId: () => string
}

/** Adds a host; its key is pinned and its facts are read at once, in the background. */
export async function createHost(deps: AddDeps, project: string, wanted: NewHost): Promise<Host> {
  const [added] = await addHosts(deps, project, [wanted])
  if (added && 'host' in added) return added.host
  throw refusal(added?.problems ?? [])
}

/** What came of one of several hosts. */
export type Added = { host: Host } | { problems: HostProblem[] }

/** Adds those of several hosts that have no problem, and answers for each what came of it, in their order. */
export async function addHosts(deps: AddDeps, project: string, wanted: readonly NewHost[]): Promise<Added[]> {
  const { db, outbox, profiles, newId } = deps
  const own = await deps.ownAddresses()
  const now = deps.now()
  const added = await inTransaction(db, async (tx) => {
    await lockInventory(tx)
    const written = [...new Set(wanted.map(({ credential }) => credential))]
    const credentials = await resolveCredentials(tx, project, written)
    const taken = await findTaken(tx, project, {
      names: wanted.map(({ name }) => name),
      addresses: wanted.map(({ address }) => address),
    })
    const problems = checkHosts(wanted, { project, own, profiles, credentials, taken })
    const good = wanted.filter((_, at) => problems[at]?.length === 0)
    const hosts = batches(good).flatMap((batch) => {
      const gathering = newGathering(newId)
      return batch.map((host) =>
        create(
          { ...host, credential: credentials.get(host.credential) ?? '' },
          { project, gathering, now, newId },
        ),
      )
    })
    await insertHosts(tx, hosts, now)
    await addToOutbox(tx, [
      ...hosts.map((host) => hostEvent(host, 'created', now)),
      ...[...new Set(hosts.flatMap(({ gathering }) => gathering ?? []))].map((gathering) =>
        gatheringWork(newId(), gathering),
      ),
    ])
    const left = hosts.values()
    return problems.map((found): Added => {
      const host = found.length === 0 ? left.next().value : undefined
      return host ? { host } : { problems: found }
    })
  })
  outbox.nudge()
  return added
}

function create(
  wanted: NewHost,
  by: { project: string; gathering: string; now: Date; newId: () => string },
): Host {
  return {
    ...wanted,
    id: by.newId(),
    project: by.project,
    state: 'gathering',
    stateReason: '',
    hostKeys: [],
    presentedHostKeys: [],
    facts: undefined,
    factsAt: null,
    gathering: by.gathering,
    cluster: null,
    version: 1,
    createdAt: by.now,
  }
}
