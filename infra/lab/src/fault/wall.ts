import { run } from '@slipway/process'
import { namesOf } from '../lab.ts'
import type { Fault, FaultKind, FaultPlace, FaultWays } from './fault.ts'

/** What the network keeps from passing. */
export type Wall = {
  /** Where packets are seen: between hosts, or from hosts to this machine. */
  at: 'bridge forward' | 'inet input'
  /** nft's matches of what is dropped, a line each. */
  drops: readonly string[]
}

/**
 * A fault of the network around a host: packets vanish outside of it, so that no look at the host itself shows it. A
 * table of its own on this machine, which the host's reboots don't touch.
 */
export function wallFault<F extends Fault>(
  kind: FaultKind,
  wallFor: (place: FaultPlace, fault: F) => Wall,
): FaultWays<F> {
  return {
    break: async (place, fault) => {
      const { at, drops } = wallFor(place, fault)
      const [family = '', hook = ''] = at.split(' ')
      const table = `${family} ${tableOf(place, kind)}`
      const rules = drops.map((match) => `    ${match} drop\n`).join('')
      await apply(`table ${table}
delete table ${table}
table ${table} {
  chain ${hook} {
    type filter hook ${hook} priority -10; policy accept;
${rules}  }
}
`)
    },
    // made first where it is not there, since only what is there can be deleted
    heal: async (place) => {
      const tables = ['bridge', 'inet'].map((family) => `table ${family} ${tableOf(place, kind)}\n`)
      await apply(tables.map((table) => `${table}delete ${table}`).join(''))
    },
  }
}

/** Removes what is left of a lab's faults on this machine; answers what was there. */
export async function removeWalls(lab: string): Promise<string[]> {
  const { stdout } = await run(['nft', '--json', 'list', 'tables'])
  const { nftables } = JSON.parse(stdout) as { nftables: { table?: { family: string; name: string } }[] }
  const ours = nftables.flatMap(({ table }) =>
    table?.name.startsWith(prefixOf(lab)) ? [`${table.family} ${table.name}`] : [],
  )
  for (const table of ours) await apply(`delete table ${table}\n`)
  return ours.map((table) => `nft table ${table}`)
}

function tableOf({ lab, host }: FaultPlace, kind: FaultKind): string {
  return `${prefixOf(lab.name)}${host.name}__${kind}`.replaceAll('-', '_')
}

/** Two underlines, which no name of a lab or host becomes: none of them has two hyphens beside each other. */
function prefixOf(lab: string): string {
  return `${namesOf(lab).table}__`
}

async function apply(rules: string): Promise<void> {
  await run(['nft', '-f', '-'], { input: rules })
}
