import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runInside } from '../host/inside.ts'
import { machineSwaps, SWAPS_FILE, swapsHeader } from '../tree/swaps.ts'
import type { Fault, FaultPlace, FaultWays } from './fault.ts'

/**
 * Swap in one host: a file over its /proc/swaps, which kubeadm and the kubelet read, and a line in its /etc/fstab. The
 * kernel has one swap for the whole machine, so the host gets programs that switch this one off and on.
 */
export const labSwap: FaultWays<Extract<Fault, { kind: 'swap' }>> = {
  break: async (place) => {
    const { tree } = place
    await setFstab(tree, FSTAB_LINE)
    for (const [path, text] of Object.entries(PROGRAMS)) {
      await writeFile(join(tree, path), `#!/bin/sh -e\n${text}\n`, { mode: 0o755 })
    }
    await show(place, swapsHeader + AREA)
  },
  heal: async (place) => {
    const { tree, running } = place
    if (!existsSync(join(tree, SWAPS_FILE))) return
    await setFstab(tree, '')
    for (const path of Object.keys(PROGRAMS)) await rm(join(tree, path), { force: true })
    if (await machineSwaps()) return show(place, swapsHeader)
    if (running) await runInside(running, ['umount', '/proc/swaps'])
    await rm(join(tree, SWAPS_FILE))
  },
}

const AREA = '/swapfile                               file\t\t1048572\t\t0\t\t-2\n'
const FSTAB_LINE = '/swapfile none swap sw 0 0\n'
const PROGRAMS = {
  'usr/local/sbin/swapoff': `printf '${escaped(swapsHeader)}' > /proc/swaps`,
  'usr/local/sbin/swapon': `printf '${escaped(swapsHeader + AREA)}' > /proc/swaps`,
}

function escaped(text: string): string {
  return text.replaceAll('\t', '\\t').replaceAll('\n', '\\n')
}

/** The file is written in place, so where it is bound already the bind shows the new text. */
async function show({ tree, running }: FaultPlace, text: string): Promise<void> {
  const bound = existsSync(join(tree, SWAPS_FILE))
  await writeFile(join(tree, SWAPS_FILE), text)
  if (running && !bound) await runInside(running, ['mount', '--bind', `/${SWAPS_FILE}`, '/proc/swaps'])
}

/** Replaces what names our file, switched off or not, and keeps everybody else's lines. */
async function setFstab(tree: string, ours: string): Promise<void> {
  const file = join(tree, 'etc/fstab')
  const text = await readFile(file, 'utf8').catch(() => '')
  const others = text.split('\n').filter((line) => !line.includes('/swapfile') && line !== '')
  await writeFile(file, others.map((line) => `${line}\n`).join('') + ours)
}
