import {
  type Failure as FailureMessage,
  Operation as OperationMessage,
  Plan as PlanMessage,
  type Step as StepMessage,
} from '@slipway/contracts/operation/v1/operation'
import { OperationBackground } from '@slipway/contracts/operation/v1/operation_service'
import type { Background } from './evidence.ts'
import type { Failure, Operation, Step } from './operation.ts'

/** An operation as others see it. */
export function toWire(operation: Operation): OperationMessage {
  const { cancelling: _cancelling, pausing: _pausing, turn: _turn, wishes, steps, ...columns } = operation
  return OperationMessage.fromPartial({ ...columns, nodes: wishes.nodes, steps: steps.map(stepToWire) })
}

/** What an operation's record is made of. */
export function backgroundToWire({
  operation,
  plan,
  basis,
  specBefore,
  specAfter,
  ...rest
}: Background): OperationBackground {
  return OperationBackground.fromPartial({
    ...rest,
    operation: toWire(operation),
    plan: PlanMessage.fromPartial(plan as PlanMessage),
    basisJson: textOf(basis),
    specBeforeJson: textOf(specBefore),
    specAfterJson: textOf(specAfter),
  })
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

/** A failure that a run ended with. */
export function failureFromWire(message: FailureMessage): Failure {
  return { ...message }
}

function stepToWire(step: Step): StepMessage {
  const { tries: _tries, needs: _needs, ...columns } = step
  return { ...columns, failure: step.failure, startedAt: step.startedAt, endedAt: step.endedAt }
}
