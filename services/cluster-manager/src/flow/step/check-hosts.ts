import { StepFailed } from '../../operation/failure.ts'
import type { StepContext } from '../../operation/step-context.ts'
import { answeringVariables } from '../../preflight/duration.ts'
import { type Finding, isSilence } from '../../preflight/finding.ts'
import { judge } from '../../preflight/judge.ts'
import type { Link } from '../../preflight/mtu.ts'
import { type Member, memberOf, peersIn } from '../../preflight/peers.ts'
import { type Blueprint, readBlueprint } from '../blueprint.ts'
import { playToItsEnd } from '../play.ts'
import { repositoryAccess } from '../repository.ts'
import type { Site } from '../site.ts'
import { failureOfRun, type PlayedRun } from '../wire.ts'

/**
 * Asks every host for everything that speaks against it, and tries the ways between them; the errors of all hosts
 * together are the failure. What the plan promises to mend is none.
 */
export async function checkHosts(ctx: StepContext, site: Site): Promise<void> {
  const blueprint = await readBlueprint(site, ctx.operation)
  const access = await repositoryAccess(site, blueprint)
  const members = membersOf(blueprint)
  const peers = peersIn(blueprint.cluster.spec, members)
  const run = await playToItsEnd(ctx, site, blueprint, {
    playbook: 'preflight.yml',
    places: blueprint.places,
    own: ({ node }) => ({ slipway_peers: peers.get(node.name) ?? [] }),
    ...access,
    variables: { ...access.variables, ...answeringVariables(blueprint.places.length) },
  })
  const grounds = { members, links: linksOf(blueprint), afterwards: 'resume the operation' }
  const findings = judge(run.hosts, grounds)
  const { fixes = [] } = ctx.operation.wishes
  const isMended = ({ host, id }: Finding) => fixes.some((fix) => fix.node === host && fix.id === id)
  refuse(run, findings.filter(isError), isMended)
  const warnings = findings.filter((finding) => !isError(finding) && !isMended(finding))
  if (warnings.length > 0) {
    const told = warnings.map(({ host, message }) => `${host}: ${message}`).join('; ')
    ctx.note(`${warnings.length} warnings: ${told}`.slice(0, MOST_NOTED))
  }
}

const MOST_NOTED = 2_000

function isError({ severity }: Finding): boolean {
  return severity === 'error'
}

/** The run itself fails where a host has an error, so its state says little; its own failure tells why one is silent. */
function refuse(run: PlayedRun, errors: readonly Finding[], isMended: (finding: Finding) => boolean): void {
  const wasCarriedOut = run.state === 'succeeded' || (run.state === 'failed' && errors.length > 0)
  const isSilent = errors.length > 0 && errors.every(isSilence)
  if (!wasCarriedOut || isSilent) throw new StepFailed(failureOfRun(run))
  const open = errors.filter((finding) => !isMended(finding))
  const [first] = open
  if (!first) return
  throw new StepFailed({
    code: 'Precondition',
    message: open.map(({ host, message }) => `${host}: ${message}`).join('\n'),
    host: first.host,
    task: first.id,
    hint: first.hint,
    retryable: false,
  })
}

/** The hosts of the operation, and the control plane that workers come to. */
function membersOf({ places, controlPlane }: Blueprint): Member[] {
  const living = places.includes(controlPlane) ? [] : [{ ...memberOf(controlPlane), lives: true }]
  return [...places.map(memberOf), ...living]
}

/** The control plane's link as it was when its facts were read, where it is not asked now. */
function linksOf({ places, controlPlane }: Blueprint): Link[] {
  const { host, node } = controlPlane
  if (places.includes(controlPlane)) return []
  return (host.facts?.interfaces ?? [])
    .filter(({ addresses }) => addresses.some((address) => address.split('/')[0] === host.address))
    .map(({ name, mtu }) => ({ name: node.name, interface: name, mtu }))
}
