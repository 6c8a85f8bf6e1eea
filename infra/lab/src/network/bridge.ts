import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { conflict } from '@slipway/errors'
import { run } from '@slipway/process'
import { type Lab, namesOf } from '../lab.ts'

type LinkRow = { ifname: string; ifalias?: string }

/** Makes the lab's bridge with the machine's address on it, unless it is there already. */
export async function ensureBridge(lab: Lab): Promise<void> {
  const { bridge } = namesOf(lab.name)
  const owner = await bridgeOwner(lab.name)
  if (owner === undefined) await run(['ip', 'link', 'add', bridge, 'type', 'bridge'])
  else if (owner && owner !== lab.dir) throw inUse(lab.name, owner)
  await run(['ip', 'link', 'set', bridge, 'alias', `${ALIAS}${lab.dir}`])
  // hosts speak IPv4 only; without this the machine's own router solicitations would show up as traffic
  const ipv6 = `/proc/sys/net/ipv6/conf/${bridge}/disable_ipv6`
  if (existsSync(ipv6)) await writeFile(ipv6, '1')
  const prefix = lab.network.split('/')[1]
  await run(['ip', 'address', 'replace', `${lab.gateway}/${prefix}`, 'dev', bridge])
  await run(['ip', 'link', 'set', bridge, 'up'])
}

/** Removes the bridge and whatever is still plugged into it; answers what was there. */
export async function removeBridge(lab: string): Promise<string[]> {
  const { bridge } = namesOf(lab)
  if ((await bridgeOwner(lab)) === undefined) return []
  const ports = await links(['master', bridge])
  for (const { ifname } of ports) await run(['ip', 'link', 'delete', ifname]).catch(() => {}) // may go by itself
  await run(['ip', 'link', 'delete', bridge])
  return [bridge, ...ports.map((port) => port.ifname)].map((name) => `interface ${name}`)
}

/** The folder of the lab that a bridge belongs to; empty when nobody signed it, undefined when there is none. */
export async function bridgeOwner(lab: string): Promise<string | undefined> {
  const { bridge } = namesOf(lab)
  const found = (await links([])).find((link) => link.ifname === bridge)
  if (!found) return undefined
  const alias = found.ifalias ?? ''
  return alias.startsWith(ALIAS) ? alias.slice(ALIAS.length) : ''
}

/** Whether any lab at all has a bridge on this machine. */
export async function anyBridge(): Promise<boolean> {
  return (await links([])).some((link) => link.ifalias?.startsWith(ALIAS))
}

/** Two labs of one name can't live beside each other. */
export function inUse(lab: string, owner: string) {
  return conflict(
    'name',
    `A lab named ${lab} already runs from ${owner}.`,
    'Give this lab another name, or take the other one down from its folder.',
  )
}

const ALIAS = 'slipway lab '

async function links(filter: string[]): Promise<LinkRow[]> {
  const { stdout } = await run(['ip', '-json', 'link', 'show', ...filter])
  return (JSON.parse(stdout || '[]') as LinkRow[]).filter((link) => link.ifname)
}
