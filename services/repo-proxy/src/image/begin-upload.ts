import { v7 as uuidv7 } from 'uuid'
import { type Digest, ociDigest, parseOciDigest, requireDigest } from '../blob/digest.ts'
import { takeIn } from '../blob/keep.ts'
import type { Answer, Asked } from '../http/exchange.ts'
import type { Repo } from '../repo.ts'
import { requireName } from './reference.ts'
import { addUpload, blobsIn, linkBlob } from './store.ts'

/** POST /v2/<name>/blobs/uploads/: mounts a blob of another repository, takes a whole blob, or begins an upload. */
export async function beginUpload(repo: Repo, { params, query, body }: Asked): Promise<Answer> {
  const name = requireName(params.name)
  const mount = query.get('mount')
  if (mount && (await canMount(repo, parseOciDigest(mount), query.get('from')))) {
    await linkBlob(repo.database, name, parseOciDigest(mount))
    return created(name, parseOciDigest(mount))
  }
  const digest = query.get('digest')
  if (digest) {
    const wanted = parseOciDigest(digest)
    await takeIn(repo, body(), (received) => requireDigest(received.digest, wanted))
    await linkBlob(repo.database, name, wanted)
    return created(name, wanted)
  }
  const id = uuidv7()
  await addUpload(repo.database, { id, repository: name, startedAt: repo.now() })
  return { status: 202, headers: progress(name, id, 0) }
}

/** The answer when a blob is part of a repository. */
export function created(name: string, digest: Digest): Answer {
  return {
    status: 201,
    headers: {
      location: `/v2/${name}/blobs/${ociDigest(digest)}`,
      'docker-content-digest': ociDigest(digest),
    },
  }
}

/** Headers that say how far an upload is; Docker's way to say "nothing yet" is 0-0. */
export function progress(name: string, id: string, bytes: number): Record<string, string> {
  return {
    location: `/v2/${name}/blobs/uploads/${id}`,
    'docker-upload-uuid': id,
    range: `0-${Math.max(0, bytes - 1)}`,
  }
}

async function canMount({ database }: Repo, digest: Digest, from: string | null): Promise<boolean> {
  return from !== null && (await blobsIn(database, from, [digest])).has(digest)
}
