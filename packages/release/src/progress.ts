/** The parts of the supply side, in the words that a progress bar shows. */
export type Phase = 'toolchain' | 'components' | 'packages' | 'images' | 'push'

/** One step that began or ended. `done` of `total` counts within the phase; `note` says how it came about. */
export type Progress = {
  phase: Phase
  item: string
  state: 'started' | 'done'
  note?: string
  done: number
  total: number
  elapsedMs: number
}

export type Report = (progress: Progress) => void

/** What every long step carries: how it is cancelled and whom it tells. */
export type Work = { signal: AbortSignal; report: Report }

/** Counts the items of one phase and reports each with the time it took. */
export function trackPhase(phase: Phase, total: number, report: Report) {
  let done = 0
  return async function track<T>(item: string, step: () => Promise<{ value: T; note?: string }>): Promise<T> {
    const began = performance.now()
    report({ phase, item, state: 'started', done, total, elapsedMs: 0 })
    const { value, note } = await step()
    done += 1
    report({
      phase,
      item,
      state: 'done',
      note,
      done,
      total,
      elapsedMs: Math.round(performance.now() - began),
    })
    return value
  }
}
