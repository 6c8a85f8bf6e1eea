import { setTimeout as pause } from 'node:timers/promises'
import type { StartRunRequest } from '@slipway/contracts/run/v1/run_service'
import { isSlipwayError } from '@slipway/errors'
import { StepFailed } from '../operation/failure.ts'
import { runId } from '../operation/operation.ts'
import { isCancelled, type StepContext } from '../operation/step-context.ts'
import type { Blueprint, Visit } from './blueprint.ts'
import type { Site } from './site.ts'
import { clusterVariables, type Variables } from './variables.ts'
import { failureOfRun, type PlayedRun, playRequest, toPlayed } from './wire.ts'

/** A playbook to run on some of a cluster's hosts. */
export type Play = {
  playbook: string
  places: readonly Visit[]
  variables?: Variables
  /** What each host gets besides. */
  own?: (place: Visit) => Variables
  /** Sealed to ansible-runner, by dotted name of the variable. */
  secrets?: Readonly<Record<string, SealedValue>>
  /** Its own output is no news to a person. */
  quiet?: boolean
}

/** A sealed text and what it is bound to besides its project. */
export type SealedValue = { sealed: string; object: string; field: string }

/** Runs a playbook as this attempt of this step, and fails as the run failed. */
export async function play(
  ctx: StepContext,
  site: Site,
  blueprint: Blueprint,
  wish: Play,
): Promise<PlayedRun> {
  const run = await playToItsEnd(ctx, site, blueprint, wish)
  if (run.state === 'succeeded') return run
  throw new StepFailed(failureOfRun(run))
}

/** The same without judging it: for steps that look at each host's result. */
export async function playToItsEnd(
  ctx: StepContext,
  site: Site,
  blueprint: Blueprint,
  wish: Play,
): Promise<PlayedRun> {
  const { operation, step, attempt } = ctx
  const variables = {
    slipway_operation: `${operation.id}/${step}/${attempt}`,
    slipway_superseded_operations: blueprint.superseded,
    slipway_cluster: clusterVariables(blueprint),
    ...wish.variables,
  }
  return runToItsEnd(ctx, site, playRequest(ctx, wish, { variables, now: site.now() }))
}

/** Starts a run, or finds the one that its key started before, and waits for its end. */
export async function runToItsEnd(
  ctx: Pick<StepContext, 'signal' | 'log'>,
  site: Pick<Site, 'runs'>,
  request: StartRunRequest,
): Promise<PlayedRun> {
  const { runs } = site
  const { signal } = ctx
  const at = { project: request.project, id: runId(request.operation, request.step, request.attempt) }
  try {
    // The key makes asking twice start one run: an attempt that was adopted finds its own.
    let run = toPlayed(await runs.startRun(request, { signal: own(signal) }))
    while (!run.ended) run = await look(runs, at, signal)
    return run
  } catch (error) {
    // Only a person's wish, or the deadline, ends the run itself: another replica would go on waiting for it.
    if (signal.aborted && (isCancelled(signal) || isDeadline(signal))) await endRun(ctx, site, at)
    throw error
  }
}

const TURN_MS = 30_000
const BREATH_MS = 500

/** Waits a turn for the run's end. A wait that was cut tells nothing, so the run is asked for then. */
async function look(
  runs: Site['runs'],
  at: { project: string; id: string },
  signal: AbortSignal,
): Promise<PlayedRun> {
  signal.throwIfAborted()
  try {
    return toPlayed(await runs.waitRun(at, { deadlineMs: TURN_MS, signal: own(signal) }))
  } catch (error) {
    signal.throwIfAborted()
    if (!isSlipwayError(error) || error.code !== 'Unavailable') throw error
    await pause(BREATH_MS, undefined, { signal })
    return toPlayed(await runs.getRun(at, { signal: own(signal) }))
  }
}

const END_MS = 30_000

/** Ends a run and waits until its processes are gone; shielded from the cancellation that caused it. */
async function endRun(
  { log }: Pick<StepContext, 'log'>,
  { runs }: Pick<Site, 'runs'>,
  at: { project: string; id: string },
): Promise<void> {
  const shield = AbortSignal.timeout(END_MS)
  try {
    let run = toPlayed(await runs.cancelRun(at, { signal: own(shield) }))
    while (!run.ended) run = await look(runs, at, shield)
  } catch (error) {
    log.warn({ err: error, run: at.id }, 'a run was not seen to end after it had been cancelled')
  }
}

function isDeadline(signal: AbortSignal): boolean {
  return signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError'
}

/** A signal of one call: listeners that a client adds to a step's own would pile up over its life. */
function own(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal])
}
