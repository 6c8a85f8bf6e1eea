import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export type Digest = { sha256: string; bytes: number }

/** SHA-256 of a text, in hex. */
export function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex')
}

/** SHA-256 and size of a file, read as a stream. */
export async function digestFile(file: string): Promise<Digest> {
  const meter = measure()
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), meter.stream, async (source) => {
    for await (const _ of source);
  })
  return meter.read()
}

/** A pass-through that knows, at its end, the digest of what went through. */
export function measure(): { stream: Transform; read: () => Digest } {
  const hash = createHash('sha256')
  let bytes = 0
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  return { stream, read: () => ({ sha256: hash.digest('hex'), bytes }) }
}

/** Reads JSON that this package wrote; undefined when it is not there. */
export async function readJson<T>(file: string): Promise<T | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as T)
}
