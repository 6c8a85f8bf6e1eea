import { readFile } from 'node:fs/promises'
import { run } from '@slipway/process'

/** Removes a host's or half-built tree: first what is mounted in it, then the files of this file system only. */
export async function removeTree(folder: string): Promise<void> {
  for (const mountPoint of await mountsBelow(folder)) {
    await run(['umount', '--lazy', mountPoint])
  }
  await run(['rm', '--recursive', '--force', '--one-file-system', folder])
}

/** What is mounted at or below a folder, deepest first. */
export async function mountsBelow(folder: string): Promise<string[]> {
  const mountinfo = await readFile('/proc/self/mountinfo', 'utf8')
  return mountinfo
    .split('\n')
    .map((line) => (line.split(' ')[4] ?? '').replace(/\\(\d{3})/g, (_, octal) => decode(octal)))
    .filter((mountPoint) => mountPoint === folder || mountPoint.startsWith(`${folder}/`))
    .reverse()
}

/** The kernel writes a space in a path as \040. */
function decode(octal: string): string {
  return String.fromCharCode(Number.parseInt(octal, 8))
}
