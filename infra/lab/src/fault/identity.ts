import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runInside } from '../host/inside.ts'
import { foldersOf } from '../lab.ts'
import type { Fault, FaultPlace, FaultWays } from './fault.ts'
import { otherHost } from './other-host.ts'

type OfIdentity = FaultWays<Extract<Fault, { kind: 'machine-id' | 'hostname' }>>

/** Another host's machine id, as hosts have that were cloned carelessly. The own one is kept beside it. */
export const labMachineId: OfIdentity = {
  break: async ({ lab, host, tree }, { like }) => {
    const { name } = otherHost(lab, host, like)
    const own = await readFile(join(tree, KEPT), 'utf8').catch(() => readFile(join(tree, ID), 'utf8'))
    await writeFile(join(tree, KEPT), own)
    await writeFile(join(tree, ID), await readFile(join(foldersOf(lab.dir).tree(name), ID), 'utf8'))
  },
  heal: async ({ tree }) => {
    const own = await readFile(join(tree, KEPT), 'utf8').catch(() => undefined)
    if (own) await writeFile(join(tree, ID), own)
  },
}

/** Another host's name. */
export const labHostname: OfIdentity = {
  break: (place, { like }) => name(place, otherHost(place.lab, place.host, like).name),
  heal: (place) => name(place, place.host.name),
}

const ID = 'etc/machine-id'
const KEPT = 'etc/machine-id.lab'

async function name({ tree, running }: FaultPlace, hostname: string): Promise<void> {
  await writeFile(join(tree, 'etc/hostname'), `${hostname}\n`)
  if (running) await runInside(running, ['hostname', hostname])
}
