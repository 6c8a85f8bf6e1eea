import { unavailable } from '@slipway/errors'
import type { Log } from '@slipway/telemetry'
import type { ClusterSpec } from '../cluster/spec.ts'
import type { Visit } from '../flow/blueprint.ts'
import { runToItsEnd } from '../flow/play.ts'
import type { Site } from '../flow/site.ts'
import { clusterVariables } from '../flow/variables.ts'
import { playRequest } from '../flow/wire.ts'
import { answeringVariables, checkSeconds } from './duration.ts'
import type { Finding } from './finding.ts'
import { judge } from './judge.ts'
import { type Member, memberOf, peersIn } from './peers.ts'
import { cutOff } from './silence.ts'

/** What asking hosts needs. */
export type AskDeps = {
  runs: Site['runs']
  repo: Pick<Site['repo'], 'getEndpoint'>
  now: () => Date
  newId: () => string
  log: Log
}

/** Hosts that are thought of as nodes of a cluster: one that may not even have a name. */
export type Thought = {
  project: string
  cluster: { id: string; name: string; spec: ClusterSpec }
  visits: readonly Visit[]
  /** A control plane that lives already. */
  living: { name: string; address: string } | undefined
  afterwards: string
  signal: AbortSignal | undefined
}

/**
 * Asks hosts for everything that speaks against them, past any operation: nothing is kept, and nothing changes on them.
 * A door waits for it, so that it has to end in time; a host that hangs ends its part earlier.
 */
export async function askHosts(deps: AskDeps, thought: Thought): Promise<Finding[]> {
  const { now, log } = deps
  const { project, cluster, visits, living, afterwards } = thought
  const members: Member[] = [
    ...visits.map(memberOf),
    ...(living ? [{ ...living, role: 'control-plane', lives: true }] : []),
  ]
  const peers = peersIn(cluster.spec, members)
  const { name, addresses, port, ca, aptKey } = await deps.repo.getEndpoint({})
  const operation = { id: `preflight-${deps.newId()}`, project }
  const controlPlane = living?.address ?? members.find(({ role }) => role === 'control-plane')?.address
  const seconds = checkSeconds(visits.length)
  const request = playRequest(
    {
      ...{ operation, step: 'check', attempt: 1 },
      deadline: new Date(now().getTime() + seconds * 1000),
    },
    {
      playbook: 'preflight.yml',
      places: visits,
      own: ({ node }) => ({ slipway_peers: peers.get(node.name) ?? [] }),
      quiet: true,
    },
    {
      now: now(),
      variables: {
        slipway_operation: `${operation.id}/check/1`,
        ...answeringVariables(visits.length),
        slipway_cluster: clusterVariables({
          cluster,
          controlPlane: { host: { address: controlPlane ?? '' } },
        }),
        slipway_repo: { name, addresses, port, ca, apt_key: aptKey, user: 'node' },
      },
    },
  )
  const late = AbortSignal.timeout((seconds + 5) * 1000)
  const signal = thought.signal ? AbortSignal.any([thought.signal, late]) : late
  const run = await runToItsEnd({ signal, log }, deps, request)
  const findings = judge(run.hosts, { members, links: [], afterwards })
  if (run.state === 'succeeded') return findings
  const cut = [...cutOff(run, afterwards)]
  const isHeard = findings.length > 0 || (cut.length > 0 && cut.length < run.hosts.length)
  if (isHeard) return [...findings, ...cut]
  const hint = run.failure?.hint || 'Try again.'
  throw unavailable('hosts', run.failure?.message ?? `the check was ${run.state}`, hint)
}
