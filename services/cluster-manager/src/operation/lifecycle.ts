import type { OperationState, StepState } from './operation.ts'

/** The moves an operation may make. */
const operationMoves = {
  queued: ['planned', 'failed', 'cancelled'],
  planned: ['running', 'cancelled'],
  running: ['succeeded', 'failed', 'cancelled', 'paused', 'undone'],
  paused: ['running'],
  failed: ['running'],
  cancelled: ['running'],
  succeeded: [],
  undone: [],
} as const satisfies Record<OperationState, readonly OperationState[]>

/**
 * The moves a step may make. A retryable failure goes back to pending until its next attempt; what succeeded does when
 * it is done again, or taken back.
 */
const stepMoves = {
  pending: ['running', 'cancelled', 'skipped', 'undone'],
  running: ['succeeded', 'failed', 'cancelled', 'pending', 'undone'],
  failed: ['pending', 'skipped'],
  cancelled: ['pending', 'skipped'],
  succeeded: ['pending'],
  skipped: ['pending'],
  undone: [],
} as const satisfies Record<StepState, readonly StepState[]>

/** Whether an operation may go from one state to the other. */
export function operationMayMove(from: OperationState, to: OperationState): boolean {
  return (operationMoves[from] as readonly OperationState[]).includes(to)
}

/** Whether a step may go from one state to the other. */
export function stepMayMove(from: StepState, to: StepState): boolean {
  return (stepMoves[from] as readonly StepState[]).includes(to)
}

/** An operation in such a state changes its cluster, and no other may. */
export function isUnfinished(state: OperationState): boolean {
  return state === 'planned' || state === 'running' || state === 'paused'
}
