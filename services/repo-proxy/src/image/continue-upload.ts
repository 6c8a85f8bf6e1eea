import { rm } from 'node:fs/promises'
import { parseOciDigest, requireDigest } from '../blob/digest.ts'
import { uploadFile } from '../blob/folder.ts'
import { keep } from '../blob/keep.ts'
import { append, measure, type Received, receive, sizeOf } from '../blob/receive.ts'
import type { Answer, Asked, Params } from '../http/exchange.ts'
import type { Repo } from '../repo.ts'
import { created, progress } from './begin-upload.ts'
import { linkBlob, removeUpload, requireUpload } from './store.ts'

/** GET /v2/<name>/blobs/uploads/<id>: how far it is. */
export async function showUpload(repo: Repo, { params }: Asked): Promise<Answer> {
  const { name, id, file } = await uploadOf(repo, params)
  return { status: 204, headers: progress(name, id, await sizeOf(file)) }
}

/** PATCH: one more chunk. */
export async function continueUpload(repo: Repo, { params, headers, body }: Asked): Promise<Answer> {
  const { name, id, file } = await uploadOf(repo, params)
  const start = await sizeOf(file)
  // Two at once write the same bytes to the same place at worst; the digest has the last word.
  if (!follows(headers['content-range'], start)) {
    return { status: 416, headers: progress(name, id, start) }
  }
  const bytes = await append(body(), { dir: repo.dir, file }, start)
  return { status: 202, headers: progress(name, id, bytes) }
}

/** PUT with ?digest=: the last chunk, or all of it. Wrong bytes are removed and the upload ends. */
export async function finishUpload(repo: Repo, { params, query, headers, body }: Asked): Promise<Answer> {
  const { name, id, file } = await uploadOf(repo, params)
  const wanted = parseOciDigest(query.get('digest') ?? '')
  const start = await sizeOf(file)
  if (!follows(headers['content-range'], start)) {
    return { status: 416, headers: progress(name, id, start) }
  }
  const received = await receiveRest()
  try {
    requireDigest(received.digest, wanted)
    await keep(repo, received)
    await linkBlob(repo.database, name, wanted)
  } finally {
    await rm(file, { force: true })
    await removeUpload(repo.database, id)
  }
  return created(name, wanted)

  async function receiveRest(): Promise<Received> {
    if (start === 0) return receive(body(), { dir: repo.dir, file })
    await append(body(), { dir: repo.dir, file }, start)
    return measure(file)
  }
}

/** DELETE: the client gave up. */
export async function cancelUpload(repo: Repo, { params }: Asked): Promise<Answer> {
  const { id, file } = await uploadOf(repo, params)
  await rm(file, { force: true })
  await removeUpload(repo.database, id)
  return { status: 204 }
}

async function uploadOf({ database, dir }: Repo, { name = '', id = '' }: Params) {
  await requireUpload(database, id, name)
  return { name, id, file: uploadFile(dir, id) }
}

function follows(contentRange: string | undefined, start: number): boolean {
  return contentRange === undefined || new RegExp(`^(bytes )?${start}-`).test(contentRange)
}
