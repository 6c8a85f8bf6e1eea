import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { precondition } from '@slipway/errors'
import { type Connection, downloadApi } from './client.ts'

/** Writes the file that a method answers to standard output, which must not be a terminal. */
export async function download(
  to: Connection,
  name: string,
  request: Record<string, unknown>,
): Promise<void> {
  if (process.stdout.isTTY) {
    const hint = 'Send it into a file: … > FILE'
    throw precondition([{ field: 'standard output', message: 'is a terminal, and this is no text', hint }])
  }
  await pipeline(Readable.from(downloadApi(to, name, request)), process.stdout, { end: false })
}
