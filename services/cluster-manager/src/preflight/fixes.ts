import type { ResolvedRelease } from '@slipway/release'
import { platformOf } from '../cluster/observed.ts'
import type { ClusterSpec, NodeSpec } from '../cluster/spec.ts'
import type { Host } from '../host/host.ts'
import type { NodeFix } from '../operation/operation.ts'
import type { Profiles } from '../profile/profile.ts'
import type { Database } from '../store.ts'
import { type AskDeps, askHosts, type Thought } from './ask.ts'
import { bareParts, readVisits } from './visits.ts'

/** Nodes to be, for which a plan is made. */
export type Planned = {
  project: string
  cluster: { id: string; name: string; spec: ClusterSpec }
  nodes: readonly NodeSpec[]
  hosts: readonly Host[]
  release: ResolvedRelease
  living: Thought['living']
}

/**
 * Asks the hosts now what a plan with fixes would mend: a plan is a promise, so it rests on what was just seen. What has
 * to be mended by hand is told beside.
 */
export async function findFixes(
  deps: AskDeps & { db: Database; profiles: Profiles },
  { project, cluster, nodes, hosts, release, living }: Planned,
): Promise<{ fixes: NodeFix[]; notes: string[] }> {
  const bare = bareParts(undefined)
  const partOf = (host: Host) => release.platforms[platformOf(host)] ?? bare(host)
  const visits = await readVisits(deps, { project, nodes, hosts, partOf })
  const afterwards = 'plan again'
  const findings = await askHosts(deps, { project, cluster, visits, living, afterwards, signal: undefined })
  const byHand = findings.filter(({ fix, severity }) => fix === '' && severity === 'error')
  return {
    fixes: findings.flatMap(({ host, id, fix }) => (fix === '' ? [] : [{ node: host, id, fix }])),
    notes: byHand.map(
      ({ host, message, hint }) => `A person has to mend this first: ${host}: ${message}. ${hint}`,
    ),
  }
}
