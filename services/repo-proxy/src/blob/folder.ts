import { mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { exhausted } from '@slipway/errors'
import type { Digest } from './digest.ts'

/** Where the bytes of a digest lie. */
export function blobFile(dir: string, digest: Digest): string {
  return join(dir, 'blobs', 'sha256', digest.slice(0, 2), digest)
}

/** Where bytes lie that are still coming. */
export function uploadFile(dir: string, id: string): string {
  return join(dir, 'uploads', id)
}

/** Makes the folders that are missing. */
export async function makeFolders(dir: string): Promise<void> {
  await mkdir(join(dir, 'blobs', 'sha256'), { recursive: true })
  await mkdir(join(dir, 'uploads'), { recursive: true })
}

/** Removes the half files of a process that died; `known` are uploads that may still go on. */
export async function removeHalfFiles(dir: string, known: ReadonlySet<string>): Promise<number> {
  const left = (await readdir(join(dir, 'uploads'))).filter((name) => !known.has(name))
  await Promise.all(left.map((name) => rm(uploadFile(dir, name), { force: true })))
  return left.length
}

/** Makes a rename survive a power cut. */
export async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Says what to do when a write failed because the disk is full; other errors stay as they are. */
export function explainWrite(error: unknown, dir: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return exhausted(
    'disk',
    `The disk of repo-proxy is full: nothing more fits into ${dir}.`,
    `Make room on that file system, or stop repo-proxy, move ${dir} to a larger one and set SLIPWAY_REPO_DIR. Then send this again: what was stored before is untouched.`,
  )
}
