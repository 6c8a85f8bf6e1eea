import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { invalid, notFound, type SlipwayError } from '@slipway/errors'
import { soundBytes } from './marks.ts'
import { type Part, readPart } from './part.ts'
import { placeAfter } from './place.ts'
import { type Statement, verified } from './signature.ts'
import { readTrailer, trailerLength } from './trailer.ts'

/** Who signed a record, and when. That nothing was changed since is known; whose key it is, is not. */
export type Signature = Statement & { keyId: string; publicKey: string }

/**
 * Opens a record that lies in a file. Its signature is checked over every byte before anything of it is read, and it is
 * refused, with the place, when one bit is not as it was signed. `parts` reads it from its beginning, line by line.
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
  if (!known) throw await unsigned(path, size)
  const { statement, keyId, publicKey } = known
  const before = file.createReadStream({ start: 0, end: size - length - 1, autoClose: false })
  const sound = await soundBytes(before as AsyncIterable<Buffer>, statement)
  if (sound !== undefined) throw await changed(path, sound, statement)
  return { ...statement, keyId, publicKey }
}

async function piece(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length), position })
  return buffer.subarray(0, bytesRead)
}

/** A file without a signature at its end, and how far it goes when it is a record at all. */
async function unsigned(path: string, size: number): Promise<SlipwayError> {
  const { line, told, isRecord, isLast } = await placeAfter(path, size)
  const hint = 'Export the operation again, and copy all of it.'
  if (!isRecord) {
    const message = 'is no record of Slipway, or was changed or cut off at its very beginning'
    return invalid([{ field: path, message, hint }])
  }
  const where = isLast
    ? 'its signature, which is all that follows its last line, is missing or was changed'
    : `it was cut off or changed after line ${line} of its text (${told})`
  return invalid([{ field: path, message: `is not whole: ${where}`, hint }])
}

/** A file of which only the first bytes are as they were signed. */
async function changed(path: string, sound: number, { bytes, marks }: Statement): Promise<SlipwayError> {
  const next = marks.find((mark) => mark.bytes > sound)?.bytes ?? bytes
  const { line, told } = await placeAfter(path, sound)
  const range = sound === bytes ? `after byte ${bytes}` : `between the bytes ${sound} and ${next} of ${bytes}`
  const message = `was changed after it was signed, ${range}, which is after line ${line} of its text (${told})`
  return invalid([{ field: path, message, hint: 'Believe nothing in it, and export the operation again.' }])
}

async function* partsOf(path: string, bytes: number): AsyncGenerator<Part> {
  const packed = createReadStream(path, { end: bytes - 1 })
  const lines = createInterface({ input: packed.pipe(createGunzip()), crlfDelay: Number.POSITIVE_INFINITY })
  let number = 0
  try {
    for await (const line of lines) {
      number += 1
      const part = readPart(line)
      if (part) yield part
    }
  } catch (thrown) {
    throw notOurs(path, number, thrown)
  } finally {
    packed.destroy()
  }
}

/** It is as it was signed: somebody else wrote it, or another version. */
function notOurs(path: string, line: number, thrown: unknown): SlipwayError {
  const why = thrown instanceof Error ? thrown.message : String(thrown)
  const message = `is whole, but its line ${line} can't be read (${why.replaceAll(/\p{Cc}/gu, '?')})`
  return invalid([{ field: path, message, hint: 'Read it with a newer Slipway, or with zcat.' }])
}
