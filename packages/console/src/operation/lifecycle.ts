/** Whether an operation is over, until a person lets it go on. */
export function hasEnded(state: string): boolean {
  return ['succeeded', 'failed', 'cancelled', 'undone'].includes(state)
}

/** Whether nothing runs, and a person may let it go on. */
export function canGoOn(state: string): boolean {
  return ['failed', 'cancelled', 'paused'].includes(state)
}
