import { makeFolders, removeHalfFiles } from '../blob/folder.ts'
import type { Repo } from '../repo.ts'
import { forgetOldUploads } from './store.ts'

const UPLOAD_MS = 86_400_000

/** At start: what an earlier process left half-way is removed, but for uploads of the last day: their clients may come back. */
export async function cleanUploads({ database, dir, now, log }: Repo): Promise<void> {
  await makeFolders(dir)
  const alive = await forgetOldUploads(database, new Date(now().getTime() - UPLOAD_MS))
  const removed = await removeHalfFiles(dir, alive)
  if (removed > 0) log.info({ removed }, 'half files of an earlier process were removed')
}
