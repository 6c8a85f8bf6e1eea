import { runHasEnded } from '@slipway/contracts'
import type { Run } from '@slipway/contracts/run/v1/run'
import type { StartRunRequest } from '@slipway/contracts/run/v1/run_service'
import { type Facts, readFacts } from '../host/facts.ts'
import { targetOf } from '../host/wire.ts'
import type { Failure, Operation } from '../operation/operation.ts'
import type { StepContext } from '../operation/step-context.ts'
import { failureFromWire } from '../operation/wire.ts'
import type { Play } from './play.ts'
import { placeVariables, type Variables } from './variables.ts'

/** A run as steps see it. */
export type PlayedRun = {
  id: string
  state: string
  ended: boolean
  failure: Failure | undefined
  hosts: {
    name: string
    unreachable: boolean
    failed: boolean
    result: unknown
    /** What it said of itself, where the playbook asked; its clock as it was during this run. */
    facts: Facts | undefined
    message: string
  }[]
  /** Sealed to us, by name. */
  exports: Record<string, string>
}

/** What ansible-runner is asked for. */
export function playRequest(
  {
    operation,
    step,
    attempt,
    deadline,
  }: Pick<StepContext, 'step' | 'attempt' | 'deadline'> & { operation: Pick<Operation, 'id' | 'project'> },
  { playbook, places, own = () => ({}), secrets = {}, quiet = false }: Play,
  { variables, now }: { variables: Variables; now: Date },
): StartRunRequest {
  const targets = places.map((place) => ({
    ...targetOf(place.host, place.credential, place.jump, {
      ...placeVariables(place),
      ...own(place),
    }),
    name: place.node.name,
  }))
  return {
    ...{ project: operation.project, operation: operation.id, step, attempt, playbook, targets, quiet },
    variablesJson: JSON.stringify(variables),
    secrets: { ...secrets },
    deadlineSeconds: Math.max(1, Math.ceil((deadline.getTime() - now.getTime()) / 1000)),
    check: false,
  }
}

/** A run as it was answered. Results that are no JSON are none: hosts may say what they like. */
export function toPlayed(run: Run): PlayedRun {
  const { startedAt, endedAt } = run
  return {
    id: run.id,
    state: run.state,
    ended: runHasEnded(run.state),
    failure: run.failure ? failureFromWire(run.failure) : undefined,
    hosts: run.hosts.map((host) => ({
      name: host.host,
      unreachable: host.unreachable,
      failed: host.failed > 0,
      result: parsed(host.resultJson),
      facts:
        startedAt && endedAt
          ? readFacts(host.resultJson, { startedAt, endedAt, resultAt: host.resultAt })
          : undefined,
      message: host.message,
    })),
    exports: run.exports,
  }
}

/** Why a run failed; one that was cancelled from outside may be tried again. */
export function failureOfRun({ id, state, failure }: PlayedRun): Failure {
  if (failure) return failure
  const message = `Run ${id} was ${state} and did not say why.`
  return { code: 'Unavailable', message, host: '', task: '', hint: 'Resume the operation.', retryable: false }
}

function parsed(json: string): unknown {
  try {
    return json === '' ? undefined : JSON.parse(json)
  } catch {
    return undefined
  }
}
