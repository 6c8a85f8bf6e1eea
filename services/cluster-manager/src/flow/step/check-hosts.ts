import { StepFailed } from '../../operation/failure.ts'
import type { StepContext } from '../../operation/step-context.ts'
import { readBlueprint } from '../blueprint.ts'
import { playToItsEnd } from '../play.ts'
import { repositoryAccess } from '../repository.ts'
import type { Site } from '../site.ts'
import { failureOfRun, type PlayedRun } from '../wire.ts'

/** Asks every host for everything that speaks against it; the errors of all hosts together are the failure. */
export async function checkHosts(ctx: StepContext, site: Site): Promise<void> {
  const blueprint = await readBlueprint(site, ctx.operation)
  const access = await repositoryAccess(site, blueprint)
  const run = await playToItsEnd(ctx, site, blueprint, {
    playbook: 'preflight.yml',
    places: blueprint.places,
    ...access,
  })
  const errors = errorsOf(run)
  const [first] = errors
  if (first) {
    throw new StepFailed({
      code: 'Precondition',
      message: errors.map(({ host, message }) => `${host}: ${message}`).join('\n'),
      host: first.host,
      task: first.id,
      hint: first.hint,
      retryable: false,
    })
  }
  if (run.state !== 'succeeded') throw new StepFailed(failureOfRun(run))
}

type Finding = { host: string; id: string; message: string; hint: string }

/** Findings of the severity error, and hosts that could not be asked. */
function errorsOf({ hosts }: PlayedRun): Finding[] {
  const unreachable = hosts.some((host) => host.unreachable)
  return hosts.flatMap(({ name, result, message, unreachable: silent }) => {
    // Where nobody has a finding, the run's own failure tells it better.
    if (silent && unreachable && hosts.some((other) => findingsOf(other.result).length > 0)) {
      return [
        {
          host: name,
          id: 'reachable',
          message,
          hint: 'Check that it runs and that its credential is right.',
        },
      ]
    }
    return findingsOf(result).map((finding) => ({ host: name, ...finding }))
  })
}

function findingsOf(result: unknown): Omit<Finding, 'host'>[] {
  const findings: unknown =
    result && typeof result === 'object' && 'findings' in result ? result.findings : []
  if (!Array.isArray(findings)) return []
  return findings.flatMap((finding: Record<string, unknown>) =>
    finding?.severity === 'error'
      ? [{ id: String(finding.id), message: String(finding.message), hint: String(finding.hint ?? '') }]
      : [],
  )
}
