import { crc32 } from 'node:zlib'

/** The most that one stored block holds. */
const LARGEST = 65_535
/** Header, start of the block, and the end with checksum and length (RFC 1952, RFC 1951 3.2.4). */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])
const AROUND = HEADER.length + 5 + 8
const LENGTH_AT_END = 4

/**
 * The last part of a record: a line with its signature as a gzip member of its own, stored as it is. `zcat` reads the two
 * together as JSON Lines, and who checks finds it from the end: a stored member is as long as its text and 23 bytes.
 */
export function trailerOf(jws: string): Buffer {
  const text = Buffer.from(`${JSON.stringify({ signature: jws })}\n`)
  if (text.length > LARGEST) throw new RangeError('a signature does not fit into its place')
  const around = Buffer.alloc(5 + 8)
  around.writeUInt8(1, 0)
  around.writeUInt16LE(text.length, 1)
  around.writeUInt16LE(text.length ^ 0xffff, 3)
  around.writeUInt32LE(crc32(text), 5)
  around.writeUInt32LE(text.length, 9)
  return Buffer.concat([HEADER, around.subarray(0, 5), text, around.subarray(5)])
}

/** How long the last part of a file must be, by its last four bytes; 0 when it can't be one of ours. */
export function trailerLength(end: Buffer): number {
  if (end.length < LENGTH_AT_END) return 0
  const text = end.readUInt32LE(end.length - LENGTH_AT_END)
  return text > 0 && text <= LARGEST ? text + AROUND : 0
}

/** The signature in it; undefined unless every bit is as it was written. */
export function readTrailer(trailer: Buffer): string | undefined {
  const text = trailer.subarray(HEADER.length + 5, trailer.length - 8).toString()
  try {
    const { signature } = JSON.parse(text) as { signature: unknown }
    return typeof signature === 'string' && trailerOf(signature).equals(trailer) ? signature : undefined
  } catch {
    return undefined
  }
}
