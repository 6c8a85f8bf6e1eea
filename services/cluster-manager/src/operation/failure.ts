import { type SlipwayError, toSlipwayError } from '@slipway/errors'
import type { Failure } from './operation.ts'

/** A failure that already knows its host and task: what a run ended with. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed'
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

/** What a step threw, in the one shape that rows, events and people see. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof StepFailed) return thrown.failure
  const error = toSlipwayError(thrown)
  return {
    code: error.code,
    message: error.code === 'Bug' ? 'Something went wrong inside Slipway.' : wordsOf(error),
    host: '',
    task: '',
    hint: error.problems[0]?.hint ?? 'Read the log of cluster-manager.',
    retryable: error.retryable,
  }
}

/** Why something was not begun, each problem with the field or object that it is about; a lost right is about neither. */
export function refusalOf(thrown: unknown): Failure {
  const failure = failureOf(thrown)
  const { code, problems } = toSlipwayError(thrown)
  if (code === 'Bug' || code === 'Denied' || problems.length === 0) return failure
  return { ...failure, message: problems.map(({ field, message }) => `${field}: ${message}`).join('\n') }
}

/** All problems of all hosts together, the first one first. */
function wordsOf({ message, problems }: SlipwayError): string {
  if (problems.length < 2) return message
  return problems.map((problem) => `${problem.field}: ${problem.message}`).join('\n')
}
