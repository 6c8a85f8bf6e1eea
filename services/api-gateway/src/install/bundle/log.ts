import { open } from 'node:fs/promises'

/** Where this process writes its log: a file only where somebody led it into one. */
export const OWN_LOG = '/proc/self/fd/2'

/** So much of the end of a log is read. */
const MOST_BYTES = 2 ** 20

/**
 * The last lines of a log, oldest first, or undefined where it is no file. Only lines of our own log are taken: whatever else
 * is printed (a one-time link, words of a program) is in no form of which we know that it holds no secret.
 */
export async function readLogTail(path: string): Promise<string[] | undefined> {
  const file = await open(path, 'r').catch(() => undefined)
  if (!file) return undefined
  try {
    const { size, isFile } = await file.stat().then((found) => ({ size: found.size, isFile: found.isFile() }))
    if (!isFile) return undefined
    const begin = Math.max(0, size - MOST_BYTES)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - begin), 0, size - begin, begin)
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n')
    return lines.filter(isOurs)
  } finally {
    await file.close()
  }
}

/** The first line may be cut, and is no JSON then. */
function isOurs(line: string): boolean {
  try {
    const said: unknown = JSON.parse(line)
    return typeof said === 'object' && said !== null && 'service' in said && 'msg' in said
  } catch {
    return false
  }
}
