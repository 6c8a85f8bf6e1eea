import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { removeEmptyFolders } from './empty-folders.ts'
import type { Fault, FaultWays } from './fault.ts'

/** What a cluster leaves on a host that nobody reset. Only what the lab put there is taken away. */
export const labLeftovers: FaultWays<Extract<Fault, { kind: 'leftovers' }>> = {
  break: async ({ tree }) => {
    for (const path of PATHS) {
      await mkdir(dirname(join(tree, path)), { recursive: true })
      // of a cluster that is there for real nothing is overwritten
      await writeFile(join(tree, path), MARK, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error
      })
    }
  },
  heal: async ({ tree }) => {
    for (const path of PATHS) {
      const text = await readFile(join(tree, path), 'utf8').catch(() => undefined)
      if (text === MARK) await rm(join(tree, path))
    }
    await removeEmptyFolders(tree, FOLDERS)
  },
}

const MARK = '# left by a cluster of the lab that never was\n'

const PATHS = [
  'etc/kubernetes/kubelet.conf',
  'etc/kubernetes/manifests/kube-apiserver.yaml',
  'etc/cni/net.d/10-flannel.conflist',
  'var/lib/kubelet/config.yaml',
  'var/lib/etcd/member/snap/db',
] as const

/** Deepest first. */
const FOLDERS = [...new Set(PATHS.flatMap(foldersAbove))].sort((one, other) => other.length - one.length)

function foldersAbove(path: string): string[] {
  const above = dirname(path)
  return ['etc', 'var/lib'].includes(above) ? [] : [above, ...foldersAbove(above)]
}
