import { notFound, type SlipwayError } from '@slipway/errors'
import { storedContent } from '../blob/content.ts'
import { ociDigest } from '../blob/digest.ts'
import type { Answer, Asked } from '../http/exchange.ts'
import type { Repo } from '../repo.ts'
import { parseReference } from './reference.ts'
import { findManifest } from './store.ts'

/** GET /v2/<name>/manifests/<tag or digest> */
export async function getManifest(repo: Repo, { params, headers }: Asked): Promise<Answer> {
  const { name = '', reference = '' } = params
  const manifest = await findManifest(repo.database, name, parseReference(reference))
  if (!manifest || !isAccepted(manifest.mediaType, headers.accept)) throw unknown(name, reference)
  return {
    status: 200,
    headers: { 'content-type': manifest.mediaType, 'docker-content-digest': ociDigest(manifest.digest) },
    content: storedContent(repo, manifest.digest),
  }
}

/** Text is answered as it was pushed, never converted: a client that can't read it is told that there is none. */
function isAccepted(mediaType: string, accept: string | undefined): boolean {
  const types = accept?.split(',').map((type) => type.split(';')[0]?.trim())
  return !types || types.some((type) => type === mediaType || type === '*/*' || type === 'application/*')
}

function unknown(name: string, reference: string): SlipwayError {
  return notFound('manifest', `${name}:${reference}`)
}
