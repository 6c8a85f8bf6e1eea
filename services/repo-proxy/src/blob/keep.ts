import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Readable } from 'node:stream'
import { v7 as uuidv7 } from 'uuid'
import type { Repo } from '../repo.ts'
import { blobFile, explainWrite, syncFolder, uploadFile } from './folder.ts'
import { type Received, receive } from './receive.ts'
import { recordBlob } from './store.ts'

/**
 * Takes a body in: receives it, lets `check` look at it while nobody else can, then keeps it. Answers what `check` found.
 * A refusal by `check` removes the bytes.
 */
export async function takeIn<T>(
  repo: Repo,
  body: Readable,
  check: (received: Received) => Promise<T> | T,
): Promise<{ received: Received; found: T }> {
  const received = await receive(body, { dir: repo.dir, file: uploadFile(repo.dir, uuidv7()) })
  try {
    const found = await check(received)
    await keep(repo, received)
    return { received, found }
  } finally {
    await rm(received.file, { force: true })
  }
}

/** Moves received bytes to the place of their digest and records them: the same bytes are kept once. */
export async function keep({ dir, database, now }: Repo, { file, digest, bytes }: Received): Promise<void> {
  const target = blobFile(dir, digest)
  try {
    await mkdir(dirname(target), { recursive: true })
    // Over equal bytes too: a file that the disk lost or spoilt is healed by sending it again.
    await rename(file, target)
    await syncFolder(dirname(target))
  } catch (error) {
    throw explainWrite(error, dir)
  }
  await recordBlob(database, { digest, bytes, storedAt: now() })
}
