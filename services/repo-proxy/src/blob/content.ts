import type { Content } from '../http/exchange.ts'
import type { Repo } from '../repo.ts'
import type { Digest } from './digest.ts'
import { blobFile } from './folder.ts'

/** Stored bytes as the content of an answer. */
export function storedContent({ dir }: Repo, digest: Digest, changedAt?: Date): Content {
  return { kind: 'file', file: blobFile(dir, digest), etag: digest, changedAt }
}
