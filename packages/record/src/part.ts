/**
 * One line of a record: JSON with one key, which says what it holds. They stand in the order given here; a reader passes
 * over keys that it does not know.
 */
export type Part =
  | { record: Head }
  /** The operation as it was when this was written, as the API answers it. */
  | { operation: Operation }
  | { plan: unknown }
  /** Everything that the plan's digest was made of: hosts with their facts, settings, wishes, steps. */
  | { basis: unknown }
  /** The cluster's spec when the operation began, and when it ended or as it is; null where there is none. */
  | { spec: { before: unknown; after: unknown } }
  | { attempt: Attempt }
  | { event: Event }
  | { run: Run }
  /** What could not be had, in words. */
  | { missing: string[] }
  /** Output, run after run. Everything before it is small. */
  | { line: Line }
  /** The last line: how many of output there were. */
  | { end: { lines: number } }

export type Head = {
  format: 1
  writtenAt: string
  /** The operation has ended: nothing more will come of it unless it is resumed. */
  ended: boolean
  askedBy: { id: string; name: string }
  reason: string
  versions: {
    /** That began the operation; empty where it was not kept. */
    slipway: string
    /** That wrote this. */
    writtenBy: string
    release: string
    kubernetes: string
    components: Record<string, string>
  }
}

export type Operation = {
  id: string
  project: string
  cluster: string
  clusterName: string
  kind: string
  state: string
  steps: Step[]
  failure?: Failure
  createdAt?: string
  startedAt?: string
  endedAt?: string
  planDigest: string
  leftBehind: string[]
  undoing: boolean
  nodes: string[]
}

type Step = {
  name: string
  title: string
  state: string
  nodes: string[]
  attempt: number
  note: string
  failure?: Failure
  startedAt?: string
  endedAt?: string
}

export type Failure = { code: string; message: string; host: string; task: string; hint: string }

export type Attempt = {
  step: string
  attempt: number
  state: string
  run: string
  failure?: Failure
  startedAt?: string
  endedAt?: string
}

/** What moved, as it was published: `fact` is step-started, paused, resumed, … */
export type Event = { sequence: number; at: string; fact: string; step: string; note: string }

export type Run = {
  id: string
  step: string
  attempt: number
  /** Why nothing is known of it any more; empty where it is. */
  missing: string
  playbook: string
  state: string
  /** Version of ansible-core. */
  ansible: string
  hosts: {
    host: string
    ok: number
    changed: number
    failed: number
    unreachable: boolean
    message: string
  }[]
}

export type Line = {
  run: string
  sequence: number
  at: string
  host: string
  task: string
  kind: string
  text: string
}
