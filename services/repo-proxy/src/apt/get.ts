import { notFound } from '@slipway/errors'
import { storedContent } from '../blob/content.ts'
import { parseDigest } from '../blob/digest.ts'
import type { Answer, Asked } from '../http/exchange.ts'
import type { Repo } from '../repo.ts'
import { publishedIndex } from './published.ts'
import { indexByHash, packageAt, type StoredIndex } from './store.ts'

/** GET /apt/<repository>/<InRelease, Release, Packages, Packages.gz> */
export async function getIndexFile(repo: Repo, { params }: Asked): Promise<Answer> {
  const { repository = '', file = '' } = params
  const index = await publishedIndex(repo, repository)
  const bytes = {
    InRelease: Buffer.from(index.inRelease),
    Release: Buffer.from(index.release),
    Packages: index.packages,
    'Packages.gz': index.packagesGz,
  }[file]
  if (!bytes) throw notFound('artifact', `apt/${repository}/${file}`)
  return indexAnswer(bytes, index)
}

/** GET /apt/<repository>/by-hash/SHA256/<digest>: an index file that belongs to a Release read a moment ago. */
export async function getIndexByHash({ database }: Repo, { params }: Asked): Promise<Answer> {
  const { repository = '', digest: text = '' } = params
  const digest = parseDigest(text)
  const index = await indexByHash(database, repository, digest)
  if (!index) throw notFound('artifact', `apt/${repository}/by-hash/SHA256/${digest}`)
  return indexAnswer(index.packagesSha === digest ? index.packages : index.packagesGz, index)
}

/** GET /apt/<repository>/key.asc */
export async function getKey({ aptSigner }: Repo): Promise<Answer> {
  return {
    status: 200,
    headers: { 'content-type': 'application/pgp-keys' },
    content: { kind: 'bytes', bytes: Buffer.from(aptSigner.publicKey) },
  }
}

/** GET /apt/<repository>/<file>.deb */
export async function getPackage(repo: Repo, { params }: Asked): Promise<Answer> {
  const { repository = '', file = '' } = params
  const found = await packageAt(repo.database, repository, file)
  if (!found) throw notFound('artifact', `apt/${repository}/${file}`)
  return {
    status: 200,
    headers: {
      'content-type': 'application/vnd.debian.binary-package',
      'x-slipway-sha256': found.digest,
    },
    content: storedContent(repo, found.digest, found.storedAt),
  }
}

function indexAnswer(bytes: Buffer, { changedAt }: StoredIndex): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/octet-stream', 'cache-control': 'no-cache' },
    content: { kind: 'bytes', bytes, changedAt },
  }
}
