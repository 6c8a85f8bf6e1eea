import { notFound } from '@slipway/errors'
import { storedContent } from '../blob/content.ts'
import { ociDigest, parseOciDigest } from '../blob/digest.ts'
import type { Answer, Asked } from '../http/exchange.ts'
import type { Repo } from '../repo.ts'
import { blobsIn } from './store.ts'

/** GET /v2/<name>/blobs/<digest> */
export async function getBlob(repo: Repo, { params }: Asked): Promise<Answer> {
  const { name = '', digest: text = '' } = params
  const digest = parseOciDigest(text)
  const found = await blobsIn(repo.database, name, [digest])
  if (!found.has(digest)) throw notFound('blob', ociDigest(digest))
  return {
    status: 200,
    headers: { 'content-type': 'application/octet-stream', 'docker-content-digest': ociDigest(digest) },
    content: storedContent(repo, digest),
  }
}
