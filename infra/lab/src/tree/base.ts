import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '@slipway/process'
import type { HostOs } from '../lab.ts'
import { withLock } from '../lock.ts'
import { aptMirror } from './mirror.ts'
import { hostPackages, suites } from './packages.ts'
import { removeTree } from './remove.ts'

/** Where base trees come from and go to. */
export type BaseSource = {
  cacheDir: string
  mirror: string | undefined
  proxy: Record<string, string>
  report: (line: string) => void
  signal?: AbortSignal | undefined
}

/** Where the tree of a release is kept; another list of packages is another tree. */
export function baseFolder(cacheDir: string, os: HostOs): string {
  const digest = createHash('sha256').update(hostPackages.join(' ')).digest('hex').slice(0, 8)
  return join(cacheDir, 'lab', `${os}-${digest}`)
}

/** Answers the tree that hosts of a release are copied from; built once per machine (45 s, 290 MB). */
export async function baseTree(os: HostOs, source: BaseSource): Promise<string> {
  const folder = baseFolder(source.cacheDir, os)
  if (existsSync(folder)) return folder
  return withLock(`base ${folder}`, () => build(os, folder, source), source.signal)
}

async function build(
  os: HostOs,
  folder: string,
  { mirror, proxy, report, signal }: BaseSource,
): Promise<string> {
  if (existsSync(folder)) return folder // somebody else built it while we waited for the lock
  await removeHalfBuilt(folder)
  const building = `${folder}.building-${process.pid}`
  await mkdir(building, { recursive: true })
  report(`Building the base tree of ${os}; this happens once per machine and takes about a minute.`)
  const from = mirror ?? (await aptMirror())
  // in a mount namespace of its own: what debootstrap mounts is gone with it, however it ends
  const argv = ['unshare', '--mount', '--propagation', 'private', 'debootstrap', '--variant=minbase']
  argv.push(`--include=${hostPackages.join(',')}`, suites[os], building, ...(from ? [from] : []))
  try {
    await run(argv, { env: proxy, signal })
    await run(['rm', '--recursive', '--force', ...leftovers.map((path) => join(building, path))])
    for (const path of emptied) await mkdir(join(building, path), { recursive: true })
    await rename(building, folder)
  } catch (error) {
    await removeTree(building)
    throw error
  }
  return folder
}

const emptied = ['var/cache/apt/archives', 'var/lib/apt/lists']

// What belongs to one host (keys, names) and what only the building needed.
const leftovers = [
  'etc/hostname',
  'etc/resolv.conf',
  'etc/machine-id',
  'var/lib/dbus/machine-id',
  ...['rsa', 'ecdsa', 'ed25519'].flatMap((type) => [
    `etc/ssh/ssh_host_${type}_key`,
    `etc/ssh/ssh_host_${type}_key.pub`,
  ]),
  ...emptied,
  'var/log/bootstrap.log',
  'var/log/dpkg.log',
]

/** The lock is ours, so a half-built tree has nobody building it any more. */
async function removeHalfBuilt(folder: string): Promise<void> {
  const parent = join(folder, '..')
  for (const name of await readdir(parent).catch(() => [])) {
    const half = join(parent, name)
    if (half.startsWith(`${folder}.building-`)) await removeTree(half)
  }
}
