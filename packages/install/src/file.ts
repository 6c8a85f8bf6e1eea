import { readFile, rename, writeFile } from 'node:fs/promises'

/** Reads a file; undefined when there is none. One that can't be read is an error: nothing may be made in its place. */
export function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((cause) => {
    if (cause.code === 'ENOENT') return undefined
    throw cause
  })
}

/** Writes a file for its owner's eyes; readers see the old one or the new one, never a part. */
export async function replace(file: string, text: string): Promise<void> {
  // `slipway init` may do the same at the same time.
  const fresh = `${file}.${process.pid}`
  await writeFile(fresh, text, { mode: 0o600 })
  await rename(fresh, file)
}
