import type { KeyObject } from 'node:crypto'
import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { summing } from './marks.ts'
import type { Part } from './part.ts'
import { signed } from './signature.ts'
import { trailerOf } from './trailer.ts'

/**
 * A record as a file, piece by piece: gzipped JSON Lines, and at the end a signature over all bytes before it. No more of
 * it is held than a batch of parts; a reader that is slow makes the source wait.
 */
export async function* writeRecord(
  parts: AsyncIterable<readonly Part[]>,
  by: { key: KeyObject; operation: string; project: string; now: () => Date },
): AsyncGenerator<Buffer> {
  const sum = summing()
  // Its callback is there because a stream without one throws what the loop below is told anyway.
  const packed = pipeline(Readable.from(texts(parts), { highWaterMark: 1 }), createGzip(), () => {})
  for await (const chunk of packed as AsyncIterable<Buffer>) {
    sum.add(chunk)
    yield chunk
  }
  const { operation, project } = by
  const statement = { ...sum.end(), operation, project, signedAt: by.now().toISOString() }
  yield trailerOf(await signed(statement, by.key))
}

async function* texts(parts: AsyncIterable<readonly Part[]>): AsyncGenerator<string> {
  for await (const batch of parts) {
    if (batch.length > 0) yield batch.map((part) => `${JSON.stringify(part)}\n`).join('')
  }
}
