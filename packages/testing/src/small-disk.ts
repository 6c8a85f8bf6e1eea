import { constants } from 'node:fs'
import { chmod, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { precondition } from '@slipway/errors'
import { run } from '@slipway/process'

/** A file system of its own that can be full. */
export type SmallDisk = {
  dir: string
  /** Takes all the room that is left, to the last byte. */
  fill: () => Promise<void>
  /** Gives back what `fill` took. */
  makeRoom: () => Promise<void>
  close: () => Promise<void>
}

/** Mounts one of so many MiB; it is gone after `close`. */
export async function openSmallDisk(mib: number): Promise<SmallDisk> {
  if (process.getuid?.() !== 0) {
    const hint = 'Run the tests as root.'
    throw precondition([{ field: 'this user', message: 'may not mount a small file system', hint }])
  }
  const dir = await mkdtemp(join(tmpdir(), 'slipway-small-'))
  await run(['mount', '-t', 'tmpfs', '-o', `size=${mib}m`, 'slipway-test', dir])
  await chmod(dir, 0o755)
  const filler = join(dir, 'filler')
  return {
    dir,
    fill: () => fill(filler),
    makeRoom: () => rm(filler, { force: true }),
    close: async () => {
      await run(['umount', '--lazy', dir])
      await rm(dir, { recursive: true })
    },
  }
}

async function fill(file: string): Promise<void> {
  const handle = await open(file, constants.O_CREAT | constants.O_WRONLY | constants.O_APPEND)
  try {
    for (const size of [1_048_576, 4_096]) await writeUntilFull(handle, Buffer.alloc(size))
  } finally {
    await handle.close()
  }
}

async function writeUntilFull(handle: Awaited<ReturnType<typeof open>>, piece: Buffer): Promise<void> {
  for (;;) {
    try {
      if ((await handle.write(piece)).bytesWritten < piece.length) return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return
      throw error
    }
  }
}
