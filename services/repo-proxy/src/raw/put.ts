import { readFile } from 'node:fs/promises'
import { invalid } from '@slipway/errors'
import { announcedDigest } from '../blob/announced.ts'
import { requireDigest } from '../blob/digest.ts'
import { takeIn } from '../blob/keep.ts'
import type { Answer, Asked } from '../http/exchange.ts'
import { requireWhole } from '../release/whole.ts'
import type { Repo } from '../repo.ts'
import { requirePath } from './path.ts'
import { putFile } from './store.ts'

const LARGEST_RELEASE = 4 * 1024 * 1024

/** PUT /raw/<path>: a file; a release manifest only when everything that it names is here. */
export async function acceptFile(repo: Repo, { params, headers, body }: Asked): Promise<Answer> {
  const path = requirePath(params.path)
  const wanted = announcedDigest(headers)
  const { received } = await takeIn(repo, body(), async ({ file, digest, bytes }) => {
    requireDigest(digest, wanted)
    if (!path.startsWith('releases/')) return
    if (bytes > LARGEST_RELEASE) throw tooLarge()
    await requireWhole(repo, path, await readFile(file, 'utf8'))
  })
  await putFile(repo.database, { path, digest: received.digest, storedAt: repo.now() })
  repo.log.info({ path, digest: received.digest, bytes: received.bytes }, 'a file was pushed')
  return { status: 201, headers: { location: `/raw/${path}`, 'x-slipway-sha256': received.digest } }
}

function tooLarge() {
  return invalid([
    { field: 'path', message: 'a release manifest is larger than 4 MiB', hint: 'Push artifacts elsewhere.' },
  ])
}
