import { once } from 'node:events'
import { pipeline } from 'node:stream'
import { createGzip } from 'node:zlib'
import { type Pack, pack } from 'tar-stream'

/** A file of an archive, small enough to be held in memory. */
export type ArchivedFile = { name: string; text: string }

/** Packs files into one tar.gz, piece by piece: the next file is asked for when the one before was taken. */
export async function* tarGz(files: AsyncIterable<ArchivedFile>, mtime: Date): AsyncGenerator<Buffer> {
  const archive = pack()
  // A failure on one side ends the other with it: what is read below throws, or what is written finds the archive closed.
  const zipped = pipeline(archive, createGzip(), () => {})
  const filled = fill(archive, files, mtime).catch((cause: Error) => archive.destroy(cause))
  try {
    for await (const piece of zipped) yield piece as Buffer
  } finally {
    archive.destroy()
    await filled
  }
}

async function fill(archive: Pack, files: AsyncIterable<ArchivedFile>, mtime: Date): Promise<void> {
  const closed = once(archive, 'close')
  for await (const { name, text } of files) {
    const taken = new Promise<void>((resolve, reject) => {
      archive.entry({ name: `slipway-support/${name}`, mtime }, text, (error) =>
        error ? reject(error) : resolve(),
      )
    })
    await Promise.race([taken, closed])
    if (archive.destroyed) return
  }
  archive.finalize()
}
