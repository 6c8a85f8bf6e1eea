import { identityProblems } from '../../host/identity.ts'
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

type Finding = { id: string; message: string; hint: string }

/** Findings of the severity error, what is wrong with clocks and identities, and hosts that could not be asked. */
function errorsOf({ hosts }: PlayedRun): (Finding & { host: string })[] {
  const strange = identityFindings(hosts)
  const findings = hosts.map(({ name, result }) => [
    ...findingsOf(result),
    ...strange.filter(({ host }) => host === name),
  ])
  // Where nobody has a finding, the run's own failure tells it better.
  if (findings.every((ofHost) => ofHost.length === 0)) return []
  return hosts.flatMap(({ name, message, unreachable }, index) => {
    const hint = 'Check that it runs and that its credential is right.'
    const silence = unreachable ? [{ id: 'reachable', message, hint }] : []
    return [...silence, ...(findings[index] ?? [])].map((finding) => ({ ...finding, host: name }))
  })
}

/** As the hosts are now: what they said when they were added may be long ago. */
function identityFindings(hosts: PlayedRun['hosts']): (Finding & { host: string })[] {
  const known = hosts.flatMap(({ name, facts }) => (facts ? [{ ...facts, name }] : []))
  return [...identityProblems(known)].map(({ index, id, message, remedy }) => {
    return { host: known[index]?.name ?? '', id, message, hint: `${remedy}, then resume the operation.` }
  })
}

function findingsOf(result: unknown): Finding[] {
  const findings: unknown =
    result && typeof result === 'object' && 'findings' in result ? result.findings : []
  if (!Array.isArray(findings)) return []
  return findings.flatMap((finding: Record<string, unknown>) =>
    finding?.severity === 'error'
      ? [{ id: String(finding.id), message: String(finding.message), hint: String(finding.hint ?? '') }]
      : [],
  )
}
