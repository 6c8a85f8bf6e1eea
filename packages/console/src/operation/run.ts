import type { Operation, Step } from './queries.ts'
import type { OperationSearch } from './search.ts'

/** The runs of a step, one for each attempt: a step names its last one, `<operation>.<step>.<attempt>`. */
export function runsOf({ run, attempt }: Step): { attempt: number; run: string }[] {
  const ending = `.${attempt}`
  if (run === '') return []
  if (!run.endsWith(ending)) return [{ attempt, run }]
  const stem = run.slice(0, -ending.length)
  return Array.from({ length: attempt }, (_, index) => ({
    attempt: index + 1,
    run: `${stem}.${index + 1}`,
  }))
}

/** The step that people want to see when they name none: the one that failed, else that runs, else that ran last. */
export function stepOfNow({ state, steps }: Operation): Step | undefined {
  const withOutput = steps.filter(({ run }) => run !== '')
  const begun = withOutput.toSorted(
    (one, other) => Date.parse(one.startedAt ?? '') - Date.parse(other.startedAt ?? ''),
  )
  return (
    (state === 'failed' ? withOutput.find((step) => step.state === 'failed') : undefined) ??
    begun.findLast((step) => step.state === 'running') ??
    begun.findLast((step) => step.failure !== undefined && step.retryAt !== undefined) ??
    begun.at(-1)
  )
}

/** Where something went wrong: the step that failed for good, else one that waits for its next try. */
export function stepInTrouble({ state, steps }: Operation): Step | undefined {
  const failed = steps.find((step) => step.state === 'failed')
  if (state === 'failed' || failed) return failed
  return steps.find((step) => step.state === 'pending' && step.retryAt !== undefined && step.failure)
}

/** Where a run stands in the address of its operation. */
export function placeOf({ steps }: Operation, run: string): Pick<OperationSearch, 'step' | 'attempt'> {
  for (const step of steps) {
    const found = runsOf(step).find((one) => one.run === run)
    if (found)
      return { step: step.name, ...(found.attempt === step.attempt ? {} : { attempt: found.attempt }) }
  }
  return {}
}
