import {
  type Failure as FailureMessage,
  Operation as OperationMessage,
  type Step as StepMessage,
} from '@slipway/contracts/operation/v1/operation'
import type { Failure, Operation, Step } from './operation.ts'

/** An operation as others see it. */
export function toWire(operation: Operation): OperationMessage {
  const { cancelling: _cancelling, pausing: _pausing, turn: _turn, wishes, steps, ...columns } = operation
  return OperationMessage.fromPartial({ ...columns, nodes: wishes.nodes, steps: steps.map(stepToWire) })
}

/** A failure that a run ended with. */
export function failureFromWire(message: FailureMessage): Failure {
  return { ...message }
}

function stepToWire(step: Step): StepMessage {
  const { tries: _tries, retryAt: _retryAt, needs: _needs, ...columns } = step
  return { ...columns, failure: step.failure, startedAt: step.startedAt, endedAt: step.endedAt }
}
