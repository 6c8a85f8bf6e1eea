import { readCluster } from '../cluster/read.ts'
import { pageOf, readPage } from '../page.ts'
import type { Database } from '../store.ts'
import { listHappeningRows, type ToldHappening } from './store.ts'

/** One page of what happened to a cluster, also to a deleted one, the newest first. */
export async function listHappenings(
  db: Database,
  request: Record<'project' | 'id' | 'noun' | 'pageToken', string> & { pageSize: number },
): Promise<{ rows: ToldHappening[]; nextPageToken: string }> {
  const page = readPage(request, 'time')
  const { id: cluster } = await readCluster(db, request.project, request.id)
  const asked = { before: page.after, limit: page.size + 1 }
  const rows = await listHappeningRows(db, { cluster, noun: request.noun }, asked)
  return pageOf(rows, page, 'time', ({ id }) => id)
}
