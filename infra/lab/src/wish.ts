import { isAbsolute } from 'node:path'
import type { Problem } from '@slipway/errors'
import { type HostFirewall, type HostOs, hostFirewalls, hostSystems } from './lab.ts'
import { parseRange } from './network/range.ts'

/** A host as somebody asks for it. */
export type HostWish = {
  name: string
  /** Unset: the next free one of the lab's network, from .11. */
  address?: string | undefined
  /** Unset: debian-12. */
  os?: HostOs | undefined
  /** Unset: none. Each of the others lets ssh in and drops the rest. */
  firewall?: HostFirewall | undefined
  /** Unset: root. */
  user?: string | undefined
  /** Unset: nopasswd. */
  sudo?: 'nopasswd' | 'password' | undefined
}

/** A lab as somebody asks for it. */
export type LabWish = {
  /** Unique on the machine; lower case letters, digits and single hyphens, at most 30. */
  name: string
  /** The lab's own folder: hosts, keys, logs. Absolute. */
  dir: string
  /** Where base trees are kept for every lab of the machine. Absolute, outside any checkout. */
  cacheDir: string
  /** A private range such as 10.78.0.0/24. Unset: the recorded one, else a free /24 of 10.77.0.0 to 10.99.255.0. */
  network?: string | undefined
  hosts: readonly HostWish[]
}

const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/
const USER = /^[a-z_][a-z0-9_-]{0,31}$/

/** Everything that is wrong with a wish by itself. */
export function wishProblems({ name, dir, cacheDir, network, hosts }: LabWish): Problem[] {
  const problems: Problem[] = []
  const add = (field: string, message: string, hint: string) => problems.push({ field, message, hint })
  if (!NAME.test(name) || name.length > 30) add('name', `${quoted(name)} can't name a lab`, NAME_HINT)
  if (!isAbsolute(dir)) add('dir', `${quoted(dir)} is not an absolute path`, 'Give the whole path.')
  if (!isAbsolute(cacheDir))
    add('cacheDir', `${quoted(cacheDir)} is not an absolute path`, 'Give the whole path.')
  const prefix = network === undefined ? 24 : parseRange(network)?.prefix
  if (prefix === undefined || prefix < 16 || prefix > 28) {
    add(
      'network',
      `${quoted(network ?? '')} is not a range of 14 to 65,534 hosts`,
      'Write it like 10.78.0.0/24.',
    )
  }
  hosts.forEach((host, index) => {
    problems.push(...hostProblems(host, `hosts[${index}]`))
    if (hosts.findIndex((other) => other.name === host.name) < index) {
      add(`hosts[${index}].name`, `${quoted(host.name)} is there twice`, 'Give every host a name of its own.')
    }
  })
  return problems
}

function hostProblems(
  { name, os = 'debian-12', firewall = 'none', user = 'root', sudo = 'nopasswd' }: HostWish,
  at: string,
): Problem[] {
  const problems: Problem[] = []
  if (!NAME.test(name) || name.length > 30) {
    problems.push({ field: `${at}.name`, message: `${quoted(name)} can't name a host`, hint: NAME_HINT })
  }
  if (!hostSystems.includes(os)) {
    const hint = `Choose one of ${hostSystems.join(', ')}.`
    problems.push({ field: `${at}.os`, message: `${quoted(os)} can't be had here`, hint })
  }
  if (!hostFirewalls.includes(firewall)) {
    const hint = `Choose one of ${hostFirewalls.join(', ')}.`
    problems.push({ field: `${at}.firewall`, message: `${quoted(firewall)} can't be had here`, hint })
  }
  if (!USER.test(user)) {
    const hint = 'Use lower case letters, digits, - and _; at most 32.'
    problems.push({ field: `${at}.user`, message: `${quoted(user)} can't name a user`, hint })
  }
  if (sudo !== 'nopasswd' && sudo !== 'password') {
    problems.push({
      field: `${at}.sudo`,
      message: `${quoted(sudo)} is not a way`,
      hint: 'Say nopasswd or password.',
    })
  }
  return problems
}

const NAME_HINT = 'Use lower case letters, digits and single hyphens between them; at most 30.'

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 60))
}
