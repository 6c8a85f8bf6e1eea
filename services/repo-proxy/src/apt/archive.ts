import { type FileHandle, open } from 'node:fs/promises'

const HEADER_BYTES = 60
const LARGEST_CONTROL = 16 * 1024 * 1024

/** A member of an ar archive. */
export type Member = { name: string; bytes: Buffer }

/**
 * Reads the control member of a .deb: an ar archive of debian-binary, control.tar.* and data.tar.* (deb(5)).
 * Undefined when the file is not one.
 */
export async function readControlMember(file: string): Promise<Member | undefined> {
  const handle = await open(file)
  try {
    const { size } = await handle.stat()
    if ((await readAt(handle, 0, 8)).toString('latin1') !== '!<arch>\n') return undefined
    for (let at = 8; at + HEADER_BYTES <= size; ) {
      const header = (await readAt(handle, at, HEADER_BYTES)).toString('latin1')
      const bytes = Number(header.slice(48, 58))
      if (header.slice(58) !== '`\n' || !Number.isInteger(bytes)) return undefined
      const name = header.slice(0, 16).replace(/\/? *$/, '')
      at += HEADER_BYTES
      if (name.startsWith('control.tar')) {
        if (bytes > LARGEST_CONTROL || at + bytes > size) return undefined
        return { name, bytes: await readAt(handle, at, bytes) }
      }
      // Members begin at even offsets.
      at += bytes + (bytes % 2)
    }
    return undefined
  } finally {
    await handle.close()
  }
}

async function readAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at)
  return buffer.subarray(0, bytesRead)
}
