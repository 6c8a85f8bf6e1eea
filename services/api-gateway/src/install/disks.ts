import { stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Disk } from '@slipway/contracts/install/v1/install'

const MIB = 2 ** 20
/** What the all-in-one keeps below its data folder; what is elsewhere is not there. */
const folders = ['postgres', 'nats', 'repo'] as const

/** The file systems under an install's data folder, each with what lies there; none where there is no such folder. */
export async function lookAtDisks(dir: string | undefined): Promise<Disk[]> {
  if (dir === undefined) return []
  const disks = new Map<number, Disk>()
  for (const folder of folders) {
    const path = join(dir, folder)
    const found = await stat(path).catch(() => undefined)
    if (!found) continue
    const known = disks.get(found.dev)
    if (known) known.holds.push(folder)
    else disks.set(found.dev, { path, holds: [folder], ...(await roomOf(path)) })
  }
  return [...disks.values()]
}

async function roomOf(path: string): Promise<Pick<Disk, 'totalMib' | 'freeMib'>> {
  const { bsize, blocks, bavail } = await statfs(path)
  const mib = (count: number) => Math.floor((count * bsize) / MIB)
  return { totalMib: mib(blocks), freeMib: mib(bavail) }
}
