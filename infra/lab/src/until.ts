import { setTimeout as pause } from 'node:timers/promises'
import { unavailable } from '@slipway/errors'

const STEP_MS = 100

/** How long to look, and what for (it ends the sentence "Waited … for"). */
export type Wait = { deadlineMs: number; what: string; hint?: string; signal?: AbortSignal | undefined }

/** Looks at the world ten times a second until it is as wished: what the kernel has no event for. */
export async function until(look: () => Promise<boolean>, wait: Wait): Promise<void> {
  const end = performance.now() + wait.deadlineMs
  while (!(await look())) {
    if (performance.now() > end) {
      throw unavailable(
        'lab',
        `Waited ${Math.round(wait.deadlineMs / 1000)} s for ${wait.what}.`,
        wait.hint ?? 'Try again; if it stays so, `lab down --force` removes what is left.',
      )
    }
    await pause(STEP_MS, undefined, { signal: wait.signal })
  }
}
