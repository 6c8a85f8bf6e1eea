import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Removes folders of a tree, the deepest first; one that is not there or holds something stays as it is. */
export async function removeEmptyFolders(tree: string, folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    await rmdir(join(tree, folder)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' && error.code !== 'ENOTEMPTY') throw error
    })
  }
}
