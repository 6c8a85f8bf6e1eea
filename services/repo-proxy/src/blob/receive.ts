import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Digest } from './digest.ts'
import { explainWrite } from './folder.ts'

/** Bytes that lie on disk, synced, under a name that nobody reads yet. */
export type Received = { file: string; digest: Digest; bytes: number }

type Place = { dir: string; file: string }

// Bytes arrive in TLS records of 16 KiB; they go to disk in writes of up to this size.
const WRITE_BYTES = 1024 * 1024

/** Streams a body into a file, hashing on the way. When it fails, the half file is removed. */
export async function receive(body: Readable, { dir, file }: Place): Promise<Received> {
  const hash = createHash('sha256')
  let bytes = 0
  async function* hashed() {
    for await (const chunk of chunksOf(body)) {
      hash.update(chunk)
      bytes += chunk.length
      yield chunk
    }
  }
  try {
    await pipeline(hashed, createWriteStream(file, { highWaterMark: WRITE_BYTES, flush: true }))
  } catch (error) {
    await rm(file, { force: true })
    throw explainWrite(error, dir)
  }
  return { file, digest: hash.digest('hex'), bytes }
}

/** Adds a body at the end of a file. An interrupted one leaves what came, so that it can go on; a full disk nothing. */
export async function append(body: Readable, { dir, file }: Place, start: number): Promise<number> {
  try {
    const flags = start === 0 ? 'w' : 'r+'
    await pipeline(
      chunksOf(body),
      createWriteStream(file, { flags, start, highWaterMark: WRITE_BYTES, flush: true }),
    )
  } catch (error) {
    const explained = explainWrite(error, dir)
    if (explained !== error) await rm(file, { force: true })
    throw explained
  }
  return sizeOf(file)
}

/** Hashes what lies in a file already. */
export async function measure(file: string): Promise<Received> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(file, { highWaterMark: WRITE_BYTES })) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { file, digest: hash.digest('hex'), bytes }
}

/** Reads a request's body so that a failure to store it leaves the connection open for the answer. */
export function chunksOf(body: Readable): AsyncIterable<Buffer> {
  return body.iterator({ destroyOnReturn: false })
}

/** Bytes of a file; 0 when it is not there. */
export async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined)
  return found?.size ?? 0
}
