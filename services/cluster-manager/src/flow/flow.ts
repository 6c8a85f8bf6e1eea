import type { ResolvedPlatform } from '@slipway/release'
import type { ObservedHost } from '../cluster/observed.ts'
import type { ClusterSpec, NodeSpec } from '../cluster/spec.ts'
import type { OperationKind, Wishes } from '../operation/operation.ts'
import type { StepContext } from '../operation/step-context.ts'
import type { Site } from './site.ts'
import { pulledBytes } from './variables.ts'

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
  /** What it does to what runs in the cluster; nothing unless said otherwise. */
  disturbance?: 'restarts-control-plane' | 'drains'
  /** Control planes of its nodes are away while it runs. */
  takesControlPlanes?: boolean
  /** It may take as long. */
  minutes: number | ((wishes: Wishes) => number)
  /** Its output is that of a run. */
  runs: boolean
  /** What is missing afterwards when a person skips it; absent where nobody may. */
  whenSkipped?: string
  /** Looks at the world, then acts; doing it twice is safe. */
  do: (ctx: StepContext, site: Site) => Promise<void>
  /** Takes it back, in a sentence and as a deed; absent where it leaves nothing behind. */
  undo?: { title: string; do: (ctx: StepContext, site: Site) => Promise<void> }
  /** Why it can't be taken back. */
  lasting?: string
}

/** A flow as a table: a plan reads it, and the engine carries it out. */
export type Flow = { kind: OperationKind; steps: readonly FlowStep[] }

/** Every node that the change is about: those that were named, or all of the spec. */
export const everyNode = ({ spec, wishes }: Subject): NodeSpec[] =>
  wishes.nodes.length === 0 ? spec.nodes : spec.nodes.filter(({ name }) => wishes.nodes.includes(name))
export const controlPlanes = (subject: Subject): NodeSpec[] =>
  everyNode(subject).filter(({ role }) => role === 'control-plane')
export const workers = (subject: Subject): NodeSpec[] =>
  everyNode(subject).filter(({ role }) => role === 'worker')
export const nobody = (): NodeSpec[] => []

/** Bytes that the nodes pull which a change is about. */
export function bytesPulled(subject: Subject): number {
  return everyNode(subject).reduce((sum, node) => {
    const host = subject.hosts.get(node.host)
    const part = host && subject.partOf(host)
    return sum + (part ? pulledBytes(part, node.role) : 0)
  }, 0)
}
