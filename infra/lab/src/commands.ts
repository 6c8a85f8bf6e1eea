import { invalid, type Problem, toSlipwayError } from '@slipway/errors'
import { readConfig } from './config.ts'
import { labDown } from './down.ts'
import { type AllowWish, labEgress, readDrops } from './egress.ts'
import type { Fault, FaultKind } from './fault/fault.ts'
import { labFault, labHeal } from './fault/faults.ts'
import { type LabFaults, labFaults } from './fault/list.ts'
import { checkMachine } from './machine.ts'
import { type LabState, labList } from './state.ts'
import { labReboot } from './switch.ts'
import { labUp } from './up.ts'
import type { HostWish } from './wish.ts'

/** What a person said on the command line. */
export type Said = {
  name: string
  dir: string
  network: string | undefined
  hosts: string[]
  /** What follows the command. */
  words: string[]
  mode: string | undefined
  allow: string[]
  keepTrees: boolean
  force: boolean
  report: (line: string) => void
  signal: AbortSignal
}

/** What a command answers: facts for `--json`, words for people. */
export type Answer = { facts: unknown; text: string }

/** The commands by name. */
export const commands: Record<string, (said: Said) => Promise<Answer>> = {
  up: async (said) => showLab(await labUp({ ...readConfig(), ...said, hosts: said.hosts.map(parseHost) })),
  down: async (said) => {
    const removed = await labDown(said)
    return {
      facts: { removed },
      text: removed.length > 0 ? `Removed:\n  ${removed.join('\n  ')}` : 'Nothing was there.',
    }
  },
  list: async ({ dir }) => showLab(await labList({ dir })),
  reboot: async ({ dir, hosts: [host = ''], signal }) => {
    const facts = await labReboot({ dir, host, signal })
    return { facts, text: `${host} is back.` }
  },
  break: async ({ dir, words: [host = '', ...faults], signal }) => {
    const wanted = faults.map(parseFault)
    for (const fault of wanted) await labFault({ ...readConfig(), dir, host, signal }, fault)
    return showFaults(await labFaults({ dir }), host)
  },
  heal: async ({ dir, words: [host = '', ...faults], signal }) => {
    for (const kind of faults) await labHeal({ ...readConfig(), dir, host, signal }, kind as FaultKind)
    return showFaults(await labFaults({ dir }), host)
  },
  faults: async ({ dir }) => {
    const facts = await labFaults({ dir })
    const kinds = facts.kinds.map(({ kind, says }) => `${kind.padEnd(17)} ${says}`)
    return { facts, text: [...kinds, showFaults(facts).text].join('\n') }
  },
  egress: async ({ dir, mode, allow }) => {
    if (mode !== undefined) await labEgress({ dir, mode: parseMode(mode), allow: allow.map(parseAllow) })
    const facts = await readDrops({ dir })
    const wanted = facts.wanted.map(
      (one) => `${one.from} → ${one.to} ${one.protocol} ${one.port}: ${one.packets}`,
    )
    return { facts, text: [`${facts.packets} packets dropped`, ...wanted].join('\n') }
  },
  check: async ({ name, dir, network, hosts }) => {
    const wish = { name, dir, network, cacheDir: readConfig().cacheDir, hosts: hosts.map(parseHost) }
    const facts = await checkMachine(wish)
    return { facts, text: facts.map(sentence).join('\n') || 'Nothing stands in the way.' }
  },
}

/** What went wrong and the way out, for people: a line for each problem. */
export function explain(error: unknown): string {
  const { message, problems } = toSlipwayError(error)
  return problems.map(sentence).join('\n') || message
}

function sentence({ field, message, hint }: Problem): string {
  return `${field}: ${message.replace(/\.$/, '')}. ${hint}`
}

/** Reads `cp1,address=10.78.0.11,os=debian-13,user=admin,sudo=password`; what is wrong in it, the lab says. */
export function parseHost(text: string): HostWish {
  const [name = '', ...settings] = text.split(',')
  const wish: Record<string, string> = { name }
  for (const setting of settings) {
    const [key = '', value = ''] = setting.split('=')
    if (!['address', 'os', 'firewall', 'user', 'sudo'].includes(key)) throw unreadable('--host', text)
    wish[key] = value
  }
  return wish as HostWish
}

/** Reads `clock,seconds=-600` or `port-blocked,other=w1,port=10250`; what is wrong in it, the lab says. */
export function parseFault(text: string): Fault {
  const [kind = '', ...settings] = text.split(',')
  const fault: Record<string, string | number> = { kind }
  for (const setting of settings) {
    const [key = '', value = ''] = setting.split('=')
    if (!['seconds', 'like', 'port', 'other', 'when'].includes(key)) throw unreadable('fault', text)
    fault[key] = ['seconds', 'port'].includes(key) ? Number(value) : value
  }
  return fault as Fault
}

/** Reads `10.78.0.1:8443` or `10.78.0.1:53/udp`. */
export function parseAllow(text: string): AllowWish {
  const [, address, port, protocol = 'tcp'] = /^([\d.]+):(\d+)(?:\/(tcp|udp))?$/.exec(text) ?? []
  if (!address) throw unreadable('--allow', text)
  return { address, port: Number(port), protocol: protocol as 'tcp' | 'udp' }
}

function parseMode(text: string): 'open' | 'closed' {
  if (text === 'open' || text === 'closed') return text
  throw unreadable('--mode', text)
}

function unreadable(field: string, text: string) {
  return invalid([
    { field, message: `${JSON.stringify(text)} can't be read`, hint: 'See the usage for its form.' },
  ])
}

function showFaults(facts: LabFaults, host?: string): Answer {
  const broken = facts.broken.filter((one) => host === undefined || one.host === host)
  const lines = broken.map(({ host, fault: { kind, ...settings } }) =>
    [host, kind, ...Object.entries(settings).map(([key, value]) => `${key}=${value}`)].join('  '),
  )
  return { facts, text: lines.join('\n') || `${host ?? 'Every host'} is as it should be.` }
}

function showLab(lab: LabState | undefined): Answer {
  if (!lab) return { facts: null, text: 'There is no lab in this folder.' }
  const hosts = lab.hosts.map(
    (host) =>
      `  ${host.name}  ${host.address}  ${host.os}  ${host.user}  ${host.state}${host.pid ? ` (${host.pid})` : ''}`,
  )
  const [first] = lab.hosts
  const how = first ? [`ssh -i ${first.sshKeyFile} ${first.user}@${first.address}`] : []
  return {
    facts: lab,
    text: [`${lab.name} on ${lab.network}, egress ${lab.egress.mode}`, ...hosts, ...how].join('\n'),
  }
}
