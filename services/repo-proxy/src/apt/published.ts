import { notFound } from '@slipway/errors'
import type { Repo } from '../repo.ts'
import { writeIndex } from './index-text.ts'
import { currentIndex, keepIndex, pictureOf, type StoredIndex } from './store.ts'

/**
 * The signed index of a repository as it is now. It is made by whoever reads it first after a change, then kept:
 * pushing sixty packages signs once, not sixty times.
 */
export async function publishedIndex(repo: Repo, repository: string): Promise<StoredIndex> {
  const current = await currentIndex(repo.database, repository)
  if (!current) throw notFound('artifact', `apt/${repository}`)
  if (current.index) return current.index
  const { version, changedAt, listed } = await pictureOf(repo.database, repository)
  const text = writeIndex(repository, listed, changedAt)
  const inRelease = await repo.aptSigner.sign(text.release, changedAt)
  const index = { ...text, inRelease, changedAt }
  await keepIndex(repo.database, { repository, version }, index)
  repo.log.info({ repository, version, packages: listed.length }, 'an apt index was made')
  return index
}
