const operationEnds: readonly string[] = ['succeeded', 'failed', 'cancelled', 'undone']
const runEnds: readonly string[] = ['succeeded', 'failed', 'cancelled']

/** Whether an operation in such a state has come to its end; a person may still resume one that failed or was cancelled. */
export function operationHasEnded(state: string): boolean {
  return operationEnds.includes(state)
}

/** Whether a run of a playbook in such a state is over for good. */
export function runHasEnded(state: string): boolean {
  return runEnds.includes(state)
}
