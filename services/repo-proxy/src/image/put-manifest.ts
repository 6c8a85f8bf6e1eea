import { Readable } from 'node:stream'
import { invalid, type Problem } from '@slipway/errors'
import { type Digest, ociDigest, requireDigest } from '../blob/digest.ts'
import { takeIn } from '../blob/keep.ts'
import { chunksOf } from '../blob/receive.ts'
import type { Answer, Asked } from '../http/exchange.ts'
import type { Repo } from '../repo.ts'
import { type Needed, parseManifest } from './manifest.ts'
import { parseReference, requireName } from './reference.ts'
import { blobsIn, manifestsIn, putManifest } from './store.ts'

const LARGEST_BYTES = 4 * 1024 * 1024

/** PUT /v2/<name>/manifests/<tag or digest>: refused unless everything it names was pushed here before. */
export async function acceptManifest(repo: Repo, { params, headers, body }: Asked): Promise<Answer> {
  const name = requireName(params.name)
  const reference = parseReference(params.reference)
  const bytes = await readSmall(body())
  const { mediaType, needed } = parseManifest(bytes.toString('utf8'), headers['content-type'])
  await requireParts(repo, name, needed)
  const { received } = await takeIn(repo, Readable.from([bytes]), ({ digest }) => {
    if ('digest' in reference) requireDigest(digest, reference.digest)
  })
  const manifest = { repository: name, digest: received.digest, mediaType }
  await putManifest(repo.database, manifest, 'tag' in reference ? reference.tag : undefined, repo.now())
  repo.log.info({ repository: name, ...reference, digest: received.digest }, 'an image was pushed')
  const digest = ociDigest(received.digest)
  return {
    status: 201,
    headers: { location: `/v2/${name}/manifests/${digest}`, 'docker-content-digest': digest },
  }
}

async function readSmall(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of chunksOf(body)) {
    bytes += chunk.length
    if (bytes > LARGEST_BYTES) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge() {
  return invalid([
    {
      field: 'manifest',
      message: 'is larger than 4 MiB',
      hint: 'Push layers as blobs, not in the manifest.',
    },
  ])
}

async function requireParts({ database }: Repo, name: string, { blobs, manifests }: Needed): Promise<void> {
  const [haveBlobs, haveManifests] = await Promise.all([
    blobsIn(database, name, [...blobs.keys()]),
    manifestsIn(database, name, [...manifests.keys()]),
  ])
  const problems = [...missing(name, blobs, haveBlobs), ...missing(name, manifests, haveManifests)]
  if (problems.length > 0) throw invalid(problems)
}

function missing(name: string, wanted: Map<Digest, number>, have: Map<Digest, number>): Problem[] {
  return [...wanted].flatMap(([digest, size]) => {
    const found = have.get(digest)
    if (found === size) return []
    const fact = found === undefined ? 'was not pushed' : `has ${found} bytes, not ${size}`
    return [
      {
        field: 'manifest blob',
        message: `${ociDigest(digest)} ${fact} to ${name}`,
        hint: 'Push every part first, then the manifest.',
      },
    ]
  })
}
