import type { Log } from '@slipway/telemetry'
import type { Operation, OperationKind } from './operation.ts'

/** The one carrier of a step: what it works on, how long, and who is told. */
export type StepContext = {
  /** Aborted when a person cancels, the deadline passes, or another replica has taken over. */
  signal: AbortSignal
  deadline: Date
  log: Log
  /** As it was when this attempt began. */
  operation: Operation
  step: string
  attempt: number
  /** Says where the step stands, for those who watch; soon, and only the newest is kept. */
  note: (text: string) => void
  /** Names hosts that are left as they were, each with the reason; written when the step ends. */
  leaveBehind: (hosts: readonly string[]) => void
}

/** A step's work: looks at the world, then acts; running it twice is safe. It fails by throwing. */
export type StepWork = (ctx: StepContext) => Promise<void>

/** How a step is carried out. */
export type StepMeans = {
  /** It may take as long. */
  minutes: (operation: Operation) => number
  /** Its output is that of a run of ansible-runner. */
  runs: boolean
  work: StepWork
  /** Takes back what the work did; absent where it changes nothing that outlives it. */
  undo?: StepWork
  /** Why it can't be taken back; empty where it can, or has nothing to take back. */
  lasting: string
  mayBeSkipped: boolean
}

/** How each step of each kind of operation is carried out. */
export type MeansOf = (kind: OperationKind, step: string) => StepMeans

/** Why a step's signal was aborted. */
export const cancelledByPerson = new Error('cancelled by a person')
export const handedOver = new Error('another replica carries on')

/** Whether a person wants the work itself to stop, rather than this replica to let go of it. */
export function isCancelled(signal: AbortSignal): boolean {
  return signal.reason === cancelledByPerson
}

/** Whether another replica carries on with the same attempt: nothing of it may be ended or undone here. */
export function isHandedOver(signal: AbortSignal): boolean {
  return signal.reason === handedOver
}
