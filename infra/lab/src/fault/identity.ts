import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runInside } from '../host/inside.ts'
import { foldersOf } from '../lab.ts'
import type { Fault, FaultPlace, FaultWays } from './fault.ts'

/** Another host's machine id, as hosts have that were cloned carelessly. The own one is kept beside it. */
export const labMachineId: FaultWays<Extract<Fault, { kind: 'machine-id' }>> = {
  break: async ({ lab, tree }, { like }) => {
    const own = await readFile(join(tree, KEPT), 'utf8').catch(() => readFile(join(tree, ID), 'utf8'))
    await writeFile(join(tree, KEPT), own)
    await writeFile(join(tree, ID), await readFile(join(foldersOf(lab.dir).tree(like), ID), 'utf8'))
  },
  heal: async ({ tree }) => {
    const own = await readFile(join(tree, KEPT), 'utf8').catch(() => undefined)
    if (own) await writeFile(join(tree, ID), own)
  },
}

/** Another host's name. */
export const labHostname: FaultWays<Extract<Fault, { kind: 'hostname' }>> = {
  break: (place, { like }) => name(place, like),
  heal: (place) => name(place, place.host.name),
}

const ID = 'etc/machine-id'
const KEPT = 'etc/machine-id.lab'

async function name({ tree, running }: FaultPlace, hostname: string): Promise<void> {
  await writeFile(join(tree, 'etc/hostname'), `${hostname}\n`)
  if (running) await runInside(running, ['hostname', hostname])
}
