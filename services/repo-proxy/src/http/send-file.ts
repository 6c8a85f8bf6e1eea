import type { FileHandle } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { bug } from '@slipway/errors'
import type { Range } from './range.ts'

const CHUNK_BYTES = 512 * 1024
const FEW = 2

/** Answers that are being streamed by this process now. */
let streaming = 0

/**
 * Streams part of an open file into a response. Nothing is hashed here: bytes were checked when they came.
 *
 * An answer that is almost alone reads ahead into a second buffer while the first is encrypted and sent: 1.39 GB/s
 * instead of 1.26 for one client. Among many it has one buffer, which stays in the core's cache: 0.65 s of CPU per GiB
 * instead of 0.8 for 16 clients; nginx 0.68. 64 KiB chunks took 0.9 s, two worker threads 0.9 s. All on 2 cores;
 * bench/repo-throughput.ts prints the ratio to nginx.
 */
export async function sendFile(response: ServerResponse, handle: FileHandle, range: Range): Promise<void> {
  streaming++
  try {
    await sendChunks(response, handle, range)
  } finally {
    streaming--
  }
}

async function sendChunks(
  response: ServerResponse,
  handle: FileHandle,
  { first, last }: Range,
): Promise<void> {
  const size = Math.min(CHUNK_BYTES, last - first + 1)
  let current: Buffer = Buffer.allocUnsafeSlow(size)
  let spare: Buffer | undefined
  let position = first
  let ahead: Promise<number> | undefined
  while (position <= last) {
    const bytes = await (ahead ?? readAt(handle, current, position, last))
    if (bytes === 0) throw bug(`a stored file ends at byte ${position}, before its size`)
    position += bytes
    const full = current.subarray(0, bytes)
    ahead = undefined
    if (position <= last && streaming <= FEW) {
      const free = spare ?? Buffer.allocUnsafeSlow(size)
      ahead = readAt(handle, free, position, last)
      // A failed read is met when it is awaited.
      ahead.catch(() => {})
      spare = current
      current = free
    }
    if ((await written(response, full)) === 'gone') {
      // The file is closed by who opened it, after this read.
      await ahead
      return
    }
  }
}

async function readAt(handle: FileHandle, buffer: Buffer, position: number, last: number): Promise<number> {
  const length = Math.min(buffer.length, last - position + 1)
  const { bytesRead } = await handle.read(buffer, 0, length, position)
  return bytesRead
}

/** Resolves when the bytes are encrypted and handed to the kernel, so that the buffer is free again. */
function written(response: ServerResponse, bytes: Buffer): Promise<'sent' | 'gone'> {
  return new Promise((resolve) => {
    // An answer that waits behind another one on its connection hears of the end only so.
    const gone = () => resolve('gone')
    response.once('close', gone)
    response.write(bytes, (error) => {
      response.off('close', gone)
      resolve(error ? 'gone' : 'sent')
    })
  })
}
