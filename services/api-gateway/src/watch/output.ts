import type { Operation } from '@slipway/contracts/operation/v1/operation'
import { invalid } from '@slipway/errors'

/** The runs of an operation in the order of its steps; of one step when it is named. */
export function runsOf(operation: Operation, step: string): string[] {
  const steps = operation.steps.filter(({ name }) => step === '' || name === step)
  if (step !== '' && steps.length === 0) {
    const names = operation.steps.map(({ name }) => name)
    throw invalid([
      { field: 'step', message: `${step} is not a step of it`, hint: `Its steps are ${names.join(', ')}.` },
    ])
  }
  return steps.map(({ run }) => run).filter((run) => run !== '')
}
