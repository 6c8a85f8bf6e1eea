import type { ResolvedPlatform } from '@slipway/release'
import type { ObservedHost } from '../cluster/observed.ts'
import type { ClusterSpec, NodeSpec } from '../cluster/spec.ts'
import type { OperationKind, Wishes } from '../operation/operation.ts'
import type { StepContext } from '../operation/step-context.ts'
import type { Site } from './site.ts'

/** What a plan is about: the spec, its hosts and what they would get. */
export type Subject = {
  spec: ClusterSpec
  /** By id; one that the project no longer has is missing. */
  hosts: ReadonlyMap<string, ObservedHost>
  /** What a host gets of the release. */
  partOf: (host: ObservedHost) => ResolvedPlatform | undefined
  wishes: Wishes
}

/** One sentence of a flow: what is planned of it, and how it is done. */
export type FlowStep = {
  name: string
  /** What a person reads, also while it runs. */
  title: string
  /** Names of the sentences that come first; those that are left out count as done. */
  needs: readonly string[]
  nodes: (subject: Subject) => NodeSpec[]
  /** False leaves it out: joining workers of a cluster without any. */
  when?: (subject: Subject) => boolean
  /** What it changes, line by line. */
  changes: (subject: Subject) => string[]
  /** Bytes that its nodes pull. */
  pulls?: (subject: Subject) => number
  /** It may take as long. */
  minutes: number
  /** Its output is that of a run. */
  runs: boolean
  /** Looks at the world, then acts; doing it twice is safe. */
  do: (ctx: StepContext, site: Site) => Promise<void>
}

/** A flow as a table: a plan reads it, and the engine carries it out. */
export type Flow = { kind: OperationKind; steps: readonly FlowStep[] }

/** Every node of the spec. */
export const everyNode = ({ spec }: Subject): NodeSpec[] => spec.nodes
export const controlPlanes = ({ spec }: Subject): NodeSpec[] =>
  spec.nodes.filter(({ role }) => role === 'control-plane')
export const workers = ({ spec }: Subject): NodeSpec[] => spec.nodes.filter(({ role }) => role === 'worker')
export const nobody = (): NodeSpec[] => []
