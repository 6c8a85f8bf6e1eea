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

export type OperationKind = 'create-cluster' | 'delete-cluster'
export type OperationState = 'planned' | 'running' | 'succeeded' | 'failed' | 'cancelled'
export type StepState = 'pending' | 'running' | 'succeeded' | 'failed' | 'cancelled'

/** What an operation was asked with. */
export type Wishes = { forget: boolean; leaveUnreachable: boolean }

/** A plan that is being carried out, or was. */
export type Operation = {
  id: string
  project: string
  cluster: string
  clusterName: string
  kind: OperationKind
  state: OperationState
  cancelling: boolean
  wishes: Wishes
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
  failure: Failure | undefined
  startedAt: Date | undefined
  endedAt: Date | undefined
}

/** The run that an attempt of a step starts: its dispatch key with dots. Asking twice starts one. */
export function runId(operation: string, step: string, attempt: number): string {
  return `${operation}.${step}.${attempt}`
}
