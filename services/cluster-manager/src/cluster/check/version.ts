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
  const { platforms } = version.release
  for (const [index, node] of spec.nodes.entries()) {
    const host = hosts.get(node.host)
    if (!host?.facts || platforms[platformOf(host)]) continue
    yield {
      code: 'Precondition',
      field: `spec.nodes[${index}].host`,
      message: `${host.name} is ${platformOf(host)}, for which ${version.version.name} has no artifacts`,
      hint: `This release serves: ${Object.keys(platforms).join(', ')}.`,
    }
  }
}
