import type { NodeSpec, Taint } from '../cluster/spec.ts'

/** Why something failed: the first error, in the tool's own words. */
export type Failure = {
  code: string
  message: string
  host: string
  task: string
  hint: string
  /** The same step may succeed later without anybody acting. */
  retryable: boolean
}

export type OperationKind =
  | 'create-cluster'
  | 'delete-cluster'
  | 'add-nodes'
  | 'remove-nodes'
  | 'update-nodes'
  | 'drain-nodes'
export type OperationState =
  | 'queued'
  | 'planned'
  | 'running'
  | 'paused'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'undone'
export type StepState = 'pending' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'skipped' | 'undone'

/** What an operation was asked with. */
export type Wishes = {
  forget: boolean
  leaveUnreachable: boolean
  /** Names of the nodes it is about; empty when it is about the whole cluster. */
  nodes: string[]
  /** Those nodes in the spec when it was planned, and as they are to be: it settles on one or the other. */
  change?: { before: NodeSpec[]; after: NodeSpec[] }
  /** Those nodes as their API server described them when it was planned: what an undo brings back. */
  seen?: SeenNode[]
  drain?: DrainWish
  update?: NodeUpdate
  /** What is mended on hosts before they become nodes. */
  fixes?: NodeFix[]
}

/** A finding of a check that is mended on a node's host, and in words how. */
export type NodeFix = { node: string; id: string; fix: string }

/** A node's own settings as its API server has them. */
export type SeenNode = { name: string; labels: Record<string, string>; taints: Taint[]; cordoned: boolean }

/** How pods are moved away from a node. */
export type DrainWish = { minutes: number; deleteEmptyDirData: boolean; deleteBarePods: boolean }

/** What is to be different about nodes; what is left out stays. */
export type NodeUpdate = {
  setLabels: Record<string, string>
  removeLabels: string[]
  setTaints: Taint[]
  removeTaints: string[]
  cordoned?: boolean
}

/** How a drain is to be done: as wished for, or carefully. */
export function drainOf({ drain }: Wishes): DrainWish {
  return drain ?? { minutes: 30, deleteEmptyDirData: false, deleteBarePods: false }
}

/** Wishes of an operation that is about a whole cluster and asks for nothing special. */
export const noWishes: Wishes = { forget: false, leaveUnreachable: false, nodes: [] }

/** A plan that is being carried out, or was. */
export type Operation = {
  id: string
  project: string
  cluster: string
  clusterName: string
  kind: OperationKind
  state: OperationState
  /** Which change of its cluster it is; undefined while it waits, and for good where it never came to its turn. */
  turn: number | undefined
  /** The operation that it waits for, and why still; empty unless it is queued. */
  queuedBehind: string
  waits: string
  cancelling: boolean
  pausing: boolean
  /** Its steps are being taken back, or were. */
  undoing: boolean
  wishes: Wishes
  reason: string
  steps: Step[]
  failure: Failure | undefined
  createdBy: string
  version: number
  createdAt: Date
  startedAt: Date | undefined
  endedAt: Date | undefined
  planDigest: string
  leftBehind: string[]
}

/** What is so of every operation that nobody has touched yet. */
export const untouched = {
  ...{ cancelling: false, pausing: false, undoing: false, failure: undefined, version: 1, leftBehind: [] },
  ...{ startedAt: undefined, endedAt: undefined },
} satisfies Partial<Operation>

/** One step of it. `needs` names the steps that come first. */
export type Step = {
  name: string
  title: string
  state: StepState
  nodes: string[]
  needs: string[]
  attempt: number
  tries: number
  retryAt: Date | undefined
  run: string
  /** Where it stands, or why it was skipped. */
  note: string
  failure: Failure | undefined
  startedAt: Date | undefined
  endedAt: Date | undefined
}

/** The run that an attempt of a step starts: its dispatch key with dots. Asking twice starts one. */
export function runId(operation: string, step: string, attempt: number): string {
  return `${operation}.${step}.${attempt}`
}
