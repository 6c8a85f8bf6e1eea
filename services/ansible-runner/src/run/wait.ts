import type { Context } from './context.ts'
import { findOwn } from './find.ts'
import { hasEnded, type Run } from './run.ts'

// Callers' calls end after 30 s unless they say otherwise: the answer must be there before.
const LONGEST_MS = 20_000
// Another replica's runs are looked at so often; our own tell us.
const LOOK_MS = 200

/** Answers a run when it has ended, or as it is after 20 s. */
export async function waitRun(
  { db, notices }: Pick<Context, 'db' | 'notices'>,
  { project, id }: { project: string; id: string },
  signal: AbortSignal,
): Promise<Run> {
  const until = performance.now() + LONGEST_MS
  for (;;) {
    const run = await findOwn(db, project, id)
    if (hasEnded(run) || signal.aborted || performance.now() > until) return run
    await notices.wait(id, LOOK_MS, signal)
  }
}
