import { setTimeout as pause } from 'node:timers/promises'
import type { OutputLine } from '@slipway/contracts/operation/v1/operation'
import { toSlipwayError } from '@slipway/errors'

/** Where the output of one run comes from. */
export type RunSource = {
  /** Lines after a sequence, then live ones, in batches to the run's end. */
  lines: (after: number, signal: AbortSignal) => AsyncIterable<readonly OutputLine[]>
  /** Whether it has ended, and how many lines it has. */
  state: () => Promise<{ ended: boolean; lastSequence: number }>
}

const AGAIN_MS = 500

/**
 * Hands every line of a run after `after` to `put`, once and in order, to the run's end. A cut stream, a runner that
 * restarts and a run that is not known yet are asked again; `over` says that nothing new will come.
 */
export async function followRun(
  source: RunSource,
  to: { after: number; put: (lines: readonly OutputLine[]) => Promise<boolean>; over: () => boolean },
  signal: AbortSignal,
): Promise<void> {
  let last = to.after
  while (!signal.aborted) {
    const before = last
    try {
      for await (const batch of source.lines(last, signal)) {
        const fresh = batch.filter((line) => line.sequence > last)
        last = fresh.at(-1)?.sequence ?? last
        if (fresh.length > 0 && !(await to.put(fresh))) return
      }
      // A stream also ends when the runner stops: the run itself says whether it was the end.
      const { ended, lastSequence } = await source.state()
      if (ended && (last >= lastSequence || last === before)) return
    } catch (thrown) {
      const { code } = toSlipwayError(thrown)
      if (code === 'NotFound' && to.over()) return
      if (code !== 'NotFound' && code !== 'Unavailable' && code !== 'Exhausted') throw thrown
    }
    await pause(AGAIN_MS, undefined, { signal }).catch(() => {})
  }
}
