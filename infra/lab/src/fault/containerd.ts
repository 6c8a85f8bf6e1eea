import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { run } from '@slipway/process'
import { runInside } from '../host/inside.ts'
import { withLock } from '../lock.ts'
import { downloadDebs } from './debs.ts'
import { removeEmptyFolders } from './empty-folders.ts'
import type { Fault, FaultPlace, FaultWays } from './fault.ts'

/** Debian's containerd, installed and running: another version than any that Slipway brings, for another user. */
export const labOtherContainerd: FaultWays<Extract<Fault, { kind: 'other-containerd' }>> = {
  break: async (place) => {
    const { tree } = place
    await mkdir(join(tree, DEBS), { recursive: true })
    for (const deb of await containerdDebs(place)) await copyFile(deb, join(tree, DEBS, basename(deb)))
    await dpkg(place, ['--install', ...(await readdir(join(tree, DEBS))).map((name) => `/${DEBS}/${name}`)])
  },
  heal: async (place) => {
    const { tree } = place
    if (!existsSync(join(tree, DEBS))) return
    await dpkg(place, ['--purge', ...PACKAGES])
    // its data is no file of the package; the folder of the packages goes last, since it says that this is ours
    for (const path of ['var/lib/containerd', 'opt/containerd', 'etc/containerd', DEBS]) {
      await rm(join(tree, path), { recursive: true, force: true })
    }
    // made by it too, and empty unless a node's containerd came after it
    await removeEmptyFolders(tree, ['etc/cni/net.d', 'etc/cni'])
    if (place.running) await runInside(place.running, ['rm', '-rf', '/run/containerd'])
  },
}

const PACKAGES = ['containerd', 'runc'] as const
const DEBS = 'var/cache/lab-containerd'
const INSTALL_MS = 120_000

/** In a host that is off nothing is started, and its next boot does. */
async function dpkg({ tree, running, signal }: FaultPlace, words: readonly string[]): Promise<void> {
  const argv = ['env', 'DEBIAN_FRONTEND=noninteractive', 'dpkg', ...words]
  if (running) await runInside(running, argv, { deadlineMs: INSTALL_MS })
  else await run(['chroot', tree, ...argv], { signal })
}

/** Fetched once into the cache, 30 MB. */
async function containerdDebs(place: FaultPlace): Promise<string[]> {
  const { host, cacheDir, signal } = place
  const folder = join(cacheDir, 'lab', `containerd-${host.os}`)
  const fetch = async () => {
    if (existsSync(folder)) return
    const fetching = `${folder}.fetching`
    await rm(fetching, { recursive: true, force: true })
    await downloadDebs(place, PACKAGES, fetching)
    await rename(join(fetching, 'out'), folder)
    await rm(fetching, { recursive: true, force: true })
  }
  await withLock(`containerd ${folder}`, fetch, signal)
  return (await readdir(folder)).map((name) => join(folder, name))
}
