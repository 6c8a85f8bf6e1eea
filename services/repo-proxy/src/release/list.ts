import { readFile } from 'node:fs/promises'
import { blobFile } from '../blob/folder.ts'
import type { Repo } from '../repo.ts'
import { releaseFiles } from './store.ts'
import { missingOf, parseRelease } from './whole.ts'

/** A release as it was pushed. */
export type PushedRelease = { name: string; text: string }

/** The releases that are whole now: one of whose artifacts was replaced since is left out. */
export async function listReleases(repo: Repo): Promise<PushedRelease[]> {
  const files = await releaseFiles(repo.database)
  const releases = files.map(async ({ path, digest }) => {
    const text = await readFile(blobFile(repo.dir, digest), 'utf8').catch(() => undefined)
    if (text === undefined) return lost(path, ['its own file'])
    const release = parseRelease(text, path)
    const missing = await missingOf(repo, release)
    if (missing.length > 0)
      return lost(
        path,
        missing.map(({ field }) => field),
      )
    return [{ name: release.kubernetes, text }]
  })
  return (await Promise.all(releases)).flat()

  function lost(path: string, missing: readonly string[]): PushedRelease[] {
    repo.log.warn({ path, missing }, 'a release is not whole any more')
    return []
  }
}
