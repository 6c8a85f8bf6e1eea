import { type Code, type Problem, SlipwayError } from '@slipway/errors'
import { checkHosts } from './check/hosts.ts'
import { checkNetwork } from './check/network.ts'
import { checkNodes } from './check/nodes.ts'
import { checkOptions } from './check/options.ts'
import { checkVersion } from './check/version.ts'
import type { Observed } from './observed.ts'
import type { ClusterSpec } from './spec.ts'

/** A problem with the kind of wrong it is. */
export type Finding = Problem & { code: Extract<Code, 'Invalid' | 'NotFound' | 'Conflict' | 'Precondition'> }

/** Everything that speaks against a spec, seen against its hosts and version: never only the first. Pure. */
export function validate(spec: ClusterSpec, observed: Observed): Finding[] {
  return [
    ...checkVersion(spec, observed),
    ...checkNodes(spec),
    ...checkNetwork(spec, observed),
    ...checkOptions(spec, observed),
    ...checkHosts(spec, observed),
  ]
}

/** The most telling kind comes first: what must be typed anew before what must be mended elsewhere. */
const order = ['Invalid', 'NotFound', 'Conflict', 'Precondition'] as const

/** Throws all findings as one error. */
export function refuse(findings: readonly Finding[]): void {
  const [first] = findings
  if (!first) return
  const code = order.find((one) => findings.some((finding) => finding.code === one)) ?? 'Invalid'
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : ''
  throw new SlipwayError(
    code,
    `${first.field}: ${first.message}${more}`,
    findings.map(({ code: _, ...problem }) => problem),
  )
}
