import type { ResolvedRelease } from '@slipway/release'
import { type Observed, platformOf } from '../observed.ts'
import type { ClusterSpec } from '../spec.ts'
import type { Finding } from '../validate.ts'

/** The version must be in the catalogue, offered, stored whole, and made for every host's platform. */
export function* checkVersion(spec: ClusterSpec, { version, hosts }: Observed): Generator<Finding> {
  if (!version.usable) {
    const { message, hint } = version
    const code = version.version?.enabled ? 'Precondition' : 'Invalid'
    yield { code, field: 'spec.kubernetesVersion', message, hint }
    return
  }
  yield* checkPlatforms(spec, { release: version.release, hosts })
}

/** A release must have artifacts for every host's platform. */
export function* checkPlatforms(
  { nodes }: Pick<ClusterSpec, 'nodes'>,
  { release: { kubernetes, platforms }, hosts }: { release: ResolvedRelease; hosts: Observed['hosts'] },
): Generator<Finding> {
  for (const [index, node] of nodes.entries()) {
    const host = hosts.get(node.host)
    if (!host?.facts || platforms[platformOf(host)]) continue
    yield {
      code: 'Precondition',
      field: `spec.nodes[${index}].host`,
      message: `${host.name} is ${platformOf(host)}, for which ${kubernetes} has no artifacts`,
      hint: `This release serves: ${Object.keys(platforms).join(', ')}.`,
    }
  }
}
