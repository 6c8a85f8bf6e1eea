import type { Operation } from '../operation/queries.ts'
import { runsOf, stepInTrouble } from '../operation/run.ts'
import type { RunHeard } from './line.ts'

/** Where the first error is: of the step in trouble, else of the first run that has one. */
export function firstErrorOf(operation: Operation, runs: ReadonlyMap<string, RunHeard>) {
  const trouble = stepInTrouble(operation)
  const all = [...(trouble ? runsOf(trouble).toReversed() : []), ...operation.steps.flatMap(runsOf)]
  for (const { run } of all) {
    const line = runs.get(run)?.firstError
    if (line) return { run, line }
  }
  return undefined
}
