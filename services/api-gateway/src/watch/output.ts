import type { Operation } from '@slipway/contracts/operation/v1/operation'
import { invalid } from '@slipway/errors'

/**
 * The runs of an operation in the order of its steps, of each attempt that may have had one; of one step when it is named.
 * What an attempt said that failed is what people look for once another has succeeded.
 */
export function runsOf(operation: Operation, step: string): string[] {
  const steps = operation.steps.filter(({ name }) => step === '' || name === step)
  if (step !== '' && steps.length === 0) {
    const names = operation.steps.map(({ name }) => name)
    throw invalid([
      { field: 'step', message: `${step} is not a step of it`, hint: `Its steps are ${names.join(', ')}.` },
    ])
  }
  return steps.flatMap(({ run, attempt }) => attemptsOf(run, attempt))
}

/** A run that is the operation's, and the step's when one is named. */
export function runOf(operation: Operation, step: string, run: string): string {
  if (runsOf(operation, step).includes(run)) return run
  const hint = 'Name one as its lines do: operation, step and attempt.'
  throw invalid([{ field: 'run', message: `${run} is not a run of it`, hint }])
}

/** A step names the run of its last attempt, `<operation>.<step>.<attempt>`; those before it differ in the number alone. */
function attemptsOf(run: string, attempt: number): string[] {
  const ending = `.${attempt}`
  if (!run.endsWith(ending)) return run === '' ? [] : [run]
  const step = run.slice(0, -ending.length)
  return Array.from({ length: attempt }, (_, index) => `${step}.${index + 1}`)
}
