import { notFound } from '@slipway/errors'
import { storedContent } from '../blob/content.ts'
import type { Answer, Asked } from '../http/exchange.ts'
import type { Repo } from '../repo.ts'
import { requirePath } from './path.ts'
import { fileAt } from './store.ts'

/** GET /raw/<path> */
export async function getFile(repo: Repo, { params }: Asked): Promise<Answer> {
  const path = requirePath(params.path)
  const file = await fileAt(repo.database, path)
  if (!file) throw notFound('artifact', `raw/${path}`)
  return {
    status: 200,
    headers: { 'content-type': 'application/octet-stream', 'x-slipway-sha256': file.digest },
    content: storedContent(repo, file.digest, file.storedAt),
  }
}
