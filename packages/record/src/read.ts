import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { invalid, notFound } from '@slipway/errors'
import type { Part } from './part.ts'
import { type Statement, verified } from './signature.ts'
import { readTrailer, trailerLength } from './trailer.ts'

/** Who signed a record, and when. That nothing was changed since is known; whose key it is, is not. */
export type Signature = Statement & { keyId: string; publicKey: string }

/**
 * Opens a record that lies in a file. Its signature is checked over every byte before anything of it is read, and it is
 * refused when one bit is not as it was signed. `parts` reads it from its beginning, line by line.
 */
export async function openRecord(
  path: string,
): Promise<{ signature: Signature; parts: () => AsyncGenerator<Part> }> {
  const file = await open(path).catch((cause) => {
    if (cause.code === 'ENOENT') throw notFound('file', path)
    throw invalid([{ field: path, message: `can't be read: ${cause.message}`, hint: 'Name a file.' }])
  })
  try {
    const signature = await check(file, path)
    return { signature, parts: () => partsOf(path, signature.bytes) }
  } finally {
    await file.close()
  }
}

async function check(file: FileHandle, path: string): Promise<Signature> {
  const { size } = await file.stat()
  const length = trailerLength(await piece(file, Math.max(0, size - 4), 4))
  const jws = length > 0 && length < size ? readTrailer(await piece(file, size - length, length)) : undefined
  const known = jws && (await verified(jws))
  if (!known) {
    const message = 'is no record of Slipway, was cut off, or was changed at its end'
    throw invalid([{ field: path, message, hint: 'Export the operation again, and copy all of it.' }])
  }
  const { statement, keyId, publicKey } = known
  const hash = createHash('sha256')
  if (statement.bytes === size - length) {
    const signedPart = file.createReadStream({ start: 0, end: statement.bytes - 1, autoClose: false })
    for await (const chunk of signedPart) hash.update(chunk)
  }
  if (hash.digest('hex') !== statement.sha256) {
    const message = 'was changed after it was signed: nothing in it can be believed'
    throw invalid([{ field: path, message, hint: 'Export the operation again.' }])
  }
  return { ...statement, keyId, publicKey }
}

async function piece(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length), position })
  return buffer.subarray(0, bytesRead)
}

async function* partsOf(path: string, bytes: number): AsyncGenerator<Part> {
  const packed = createReadStream(path, { end: bytes - 1 })
  const lines = createInterface({ input: packed.pipe(createGunzip()), crlfDelay: Number.POSITIVE_INFINITY })
  try {
    for await (const line of lines) yield JSON.parse(line) as Part
  } finally {
    packed.destroy()
  }
}
