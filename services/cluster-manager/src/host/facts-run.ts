import { setTimeout as pause } from 'node:timers/promises'
import type { RunServiceServer } from '@slipway/contracts/run/v1/run_service'
import { isSlipwayError } from '@slipway/errors'
import type { Client } from '@slipway/rpc'
import type { Credential } from '../credential/credential.ts'
import type { Host } from './host.ts'
import type { Answer } from './outcome.ts'
import { answerOf, factsRun, targetOf } from './wire.ts'

/** The calls of ansible-runner that a gathering makes. */
export type Runs = Pick<Client<RunServiceServer>, 'startRun' | 'waitRun' | 'getRun' | 'scanHostKey'>
type Run = Awaited<ReturnType<Runs['getRun']>>

/** One run over some hosts of a project. `alive` is called each turn, while the run goes on. */
export type FactsRun = {
  gathering: string
  project: string
  hosts: readonly Host[]
  /** By id; those that jump and those jumped through. */
  credentials: ReadonlyMap<string, Credential>
  alive: () => Promise<unknown>
  now: () => Date
  signal: AbortSignal | undefined
}

const ATTEMPTS = 3
// The runner answers after 20 s at the latest.
const TURN_MS = 25_000
const BREATH_MS = 500

/** Starts the run that reads facts, or finds it, waits for its end, and answers what it says about each host. */
export async function runFacts(runs: Runs, about: FactsRun): Promise<(host: Host) => Answer> {
  const run = await runToItsEnd(runs, about)
  return (host) => answerOf(run, host, about.now())
}

/** A run that died with its runner is started anew, a few times. */
async function runToItsEnd(runs: Runs, about: FactsRun): Promise<Run> {
  const { project, gathering, alive, signal } = about
  const targets = about.hosts.flatMap((host) => {
    const credential = about.credentials.get(host.credential)
    if (!credential) return []
    return targetOf(host, credential, about.credentials.get(credential.jumpCredential ?? ''))
  })
  for (let attempt = 1; ; attempt++) {
    let run = await runs.startRun(factsRun({ project, gathering, attempt }, targets), { signal })
    while (!hasEnded(run)) {
      signal?.throwIfAborted()
      await alive()
      run = await look(runs, run, signal)
    }
    if (!diedWithItsRunner(run) || attempt === ATTEMPTS) return run
  }
}

/** Waits a turn for the run's end. A wait that the deadline cut tells nothing, so the run is asked for then. */
async function look(runs: Runs, { project, id }: Run, signal: AbortSignal | undefined): Promise<Run> {
  try {
    return await runs.waitRun({ project, id }, { deadlineMs: TURN_MS, signal })
  } catch (error) {
    if (!isSlipwayError(error) || error.code !== 'Unavailable') throw error
    await pause(BREATH_MS, undefined, { signal })
    return runs.getRun({ project, id }, { signal })
  }
}

function hasEnded({ state }: Run): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled'
}

/** It failed as a whole, may succeed later, and nothing was heard of any host. */
function diedWithItsRunner({ failure, hosts }: Run): boolean {
  if (!failure?.retryable || failure.host !== '') return false
  return hosts.every(({ resultJson, unreachable }) => resultJson === '' && !unreachable)
}
