import type { Outbox } from '@slipway/bus'
import { isSlipwayError } from '@slipway/errors'
import { inSpan, type Log } from '@slipway/telemetry'
import type { Credential } from '../credential/credential.ts'
import { pinJumpHost } from '../credential/pin-jump-host.ts'
import { readCredentials } from '../credential/read.ts'
import { addToOutbox, type Database, inTransaction } from '../store.ts'
import { hostEvent } from './events.ts'
import { type Runs, runFacts } from './facts-run.ts'
import { beginGathering } from './gathering.ts'
import type { Host } from './host.ts'
import { type Answer, outcomeOf } from './outcome.ts'
import { readHosts } from './read.ts'
import { lockHosts, setOutcome, touchGathering } from './store.ts'
import { FACTS_STEP } from './wire.ts'

/** What reading facts needs. */
export type GatherDeps = {
  db: Database
  runs: Runs
  outbox: Pick<Outbox, 'nudge'>
  now: () => Date
  newId: () => string
  log: Log
}

/**
 * Reads the facts of a project's hosts in one run, all at once, keeps them, and answers the hosts as they are then.
 * When this process dies, the sweep lets another one finish it.
 */
export async function gatherFacts(
  deps: GatherDeps,
  of: { project: string; ids: readonly string[]; signal?: AbortSignal },
): Promise<Host[]> {
  const { db, outbox, now, newId } = deps
  const begun = await inTransaction(db, async (tx) =>
    beginGathering(tx, await lockHosts(tx, of.project, of.ids), { now: now(), newId, work: false }),
  )
  outbox.nudge()
  for (const gathering of new Set(begun.flatMap((host) => host.gathering ?? []))) {
    await carryOutGathering(deps, gathering, of.signal)
  }
  return readHosts(db, of.project, of.ids)
}

/**
 * Carries a gathering out, or on: the rows say which hosts it has, the run's key starts it once, and what it learns
 * is kept for those hosts that have not begun another one. Doing it twice, also at the same time, has one effect.
 */
export async function carryOutGathering(
  deps: GatherDeps,
  gathering: string,
  signal?: AbortSignal,
): Promise<void> {
  const hosts = await touchGathering(deps.db, gathering, deps.now())
  const [first] = hosts
  if (!first) return
  const facts = {
    'slipway.project': first.project,
    'slipway.operation': gathering,
    'slipway.step': FACTS_STEP,
  }
  await inSpan({ service: 'cluster-manager', name: 'Read the facts of hosts', facts }, async () =>
    keep(deps, hosts, gathering, await learn(deps, hosts, gathering, signal)),
  )
}

/** What may go away by itself is thrown, for whoever asked tries again; a refusal is every host's answer. */
async function learn(
  deps: GatherDeps,
  hosts: readonly Host[],
  gathering: string,
  signal: AbortSignal | undefined,
): Promise<(host: Host) => Answer> {
  const { db, runs, now } = deps
  const project = hosts[0]?.project ?? ''
  try {
    const credentials = await loginsOf(deps, project, hosts)
    const alive = () => touchGathering(db, gathering, now())
    return await runFacts(runs, { gathering, project, hosts, credentials, alive, now, signal })
  } catch (error) {
    if (!isSlipwayError(error) || error.retryable || error.code === 'Bug') throw error
    return () => ({ presentedHostKeys: [], facts: undefined, message: error.message })
  }
}

async function loginsOf(
  deps: GatherDeps,
  project: string,
  hosts: readonly Host[],
): Promise<Map<string, Credential>> {
  const ids = [...new Set(hosts.map(({ credential }) => credential))]
  const credentials = await readCredentials(deps.db, project, ids)
  const pinned = [...credentials.values()].map((credential) => pinJumpHost(deps, credential))
  return new Map((await Promise.all(pinned)).map((credential) => [credential.id, credential]))
}

// One transaction for each hundred hosts: short enough that nobody waits for its locks.
const KEPT_AT_ONCE = 100

async function keep(
  { db, outbox, now }: GatherDeps,
  hosts: readonly Host[],
  gathering: string,
  answer: (host: Host) => Answer,
): Promise<void> {
  for (let at = 0; at < hosts.length; at += KEPT_AT_ONCE) {
    await inTransaction(db, async (tx) => {
      for (const host of hosts.slice(at, at + KEPT_AT_ONCE)) {
        const outcome = outcomeOf(host, answer(host))
        const kept = await setOutcome(tx, { id: host.id, gathering }, outcome, now())
        if (kept) await addToOutbox(tx, [hostEvent(kept, outcome.fact, now())])
      }
    })
    outbox.nudge()
  }
}
