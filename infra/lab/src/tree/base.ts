import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '@slipway/process'
import type { Host } from '../lab.ts'
import { withLock } from '../lock.ts'
import { aptMirror } from './mirror.ts'
import { packagesOf, suites } from './packages.ts'
import { removeTree } from './remove.ts'

/** Where base trees come from and go to. */
export type BaseSource = {
  cacheDir: string
  mirror: string | undefined
  proxy: Record<string, string>
  report: (line: string) => void
  signal?: AbortSignal | undefined
}

/** Which tree a host is copied from. */
export type HostKind = Pick<Host, 'os' | 'firewall'>

/** Where the tree of a kind of host is kept; another list of packages is another tree. */
export function baseFolder(cacheDir: string, kind: HostKind): string {
  const digest = createHash('sha256').update(packagesOf(kind).join(' ')).digest('hex').slice(0, 8)
  return join(cacheDir, 'lab', `${kind.os}-${digest}`)
}

/** Answers the tree that hosts of a kind are copied from; built once per machine (45 s, 290 MB). */
export async function baseTree(kind: HostKind, source: BaseSource): Promise<string> {
  const folder = baseFolder(source.cacheDir, kind)
  if (existsSync(folder)) return folder
  return withLock(`base ${folder}`, () => build(kind, folder, source), source.signal)
}

async function build(
  kind: HostKind,
  folder: string,
  { mirror, proxy, report, signal }: BaseSource,
): Promise<string> {
  if (existsSync(folder)) return folder // somebody else built it while we waited for the lock
  await removeHalfBuilt(folder)
  const building = `${folder}.building-${process.pid}`
  await mkdir(building, { recursive: true })
  const os = kind.firewall === 'none' ? kind.os : `${kind.os} with ${kind.firewall}`
  report(`Building the base tree of ${os}; this happens once per machine and takes about a minute.`)
  const from = mirror ?? (await aptMirror())
  // in a mount namespace of its own: what debootstrap mounts is gone with it, however it ends
  const argv = ['unshare', '--mount', '--propagation', 'private', 'debootstrap', '--variant=minbase']
  argv.push(`--include=${packagesOf(kind).join(',')}`, suites[kind.os], building, ...(from ? [from] : []))
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
