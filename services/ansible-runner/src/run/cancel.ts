import type { Context } from './context.ts'
import { findOwn } from './find.ts'
import { hasEnded, type Run } from './run.ts'
import { requestCancel } from './store.ts'

/** Asks a run to end; it does within a heartbeat, wherever it runs. A run that has ended stays as it is. */
export async function cancelRun(
  { db, running, notices }: Pick<Context, 'db' | 'running' | 'notices'>,
  { project, id }: { project: string; id: string },
): Promise<Run> {
  if (hasEnded(await findOwn(db, project, id))) return findOwn(db, project, id)
  await requestCancel(db, project, id)
  running.get(id)?.abort('cancelled')
  notices.tell(id)
  return findOwn(db, project, id)
}
