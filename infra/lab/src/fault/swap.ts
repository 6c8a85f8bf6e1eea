import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runInside } from '../host/inside.ts'
import { machineSwaps, SWAPS_FILE, swapsHeader } from '../tree/swaps.ts'
import type { Fault, FaultPlace, FaultWays } from './fault.ts'

/** Swap in one host: a file over its /proc/swaps, which kubeadm and the kubelet read. The machine has none more. */
export const labSwap: FaultWays<Extract<Fault, { kind: 'swap' }>> = {
  break: (place) =>
    show(place, `${swapsHeader}/swapfile                               file\t\t1048572\t\t0\t\t-2\n`),
  heal: async (place) => {
    const { tree, running } = place
    if (!existsSync(join(tree, SWAPS_FILE))) return
    if (await machineSwaps()) return show(place, swapsHeader)
    if (running) await runInside(running, ['umount', '/proc/swaps'])
    await rm(join(tree, SWAPS_FILE))
  },
}

/** The file is written in place, so where it is bound already the bind shows the new text. */
async function show({ tree, running }: FaultPlace, text: string): Promise<void> {
  const bound = existsSync(join(tree, SWAPS_FILE))
  await writeFile(join(tree, SWAPS_FILE), text)
  if (running && !bound) await runInside(running, ['mount', '--bind', `/${SWAPS_FILE}`, '/proc/swaps'])
}
