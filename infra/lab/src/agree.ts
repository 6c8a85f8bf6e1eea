import { invalid, type Problem } from '@slipway/errors'
import type { Host, Lab } from './lab.ts'
import { addressAt, formatRange, isHostAddress, type Range } from './network/range.ts'
import type { HostWish, LabWish } from './wish.ts'

const FIRST_HOST = 11

/** Brings a wish together with what the lab already is: hosts are added, none is changed under somebody's feet. */
export function agree(wish: LabWish, recorded: Lab | undefined, range: Range): Lab {
  const problems: Problem[] = []
  const hosts: Host[] = [...(recorded?.hosts ?? [])]
  // fixed addresses first, so that none of them is given away
  const fixedFirst = [...wish.hosts].sort((a, b) => Number(Boolean(b.address)) - Number(Boolean(a.address)))
  for (const asked of fixedFirst) {
    const field = `hosts[${wish.hosts.indexOf(asked)}]`
    const known = hosts.find((host) => host.name === asked.name)
    if (known) {
      problems.push(...differences(asked, known, field))
      continue
    }
    const taken = hosts.map((host) => host.address)
    const address = asked.address ?? nextFree(range, taken)
    problems.push(...addressProblems(address, { range, taken, field }))
    const { os = 'debian-12', firewall = 'none', user = 'root', sudo = 'nopasswd' } = asked
    hosts.push({ name: asked.name, address: address ?? '', os, firewall, user, sudo })
  }
  const network = formatRange(range)
  if (recorded && recorded.network !== network) {
    problems.push({ field: 'network', message: `the lab already uses ${recorded.network}`, hint: DOWN_FIRST })
  }
  if (problems.length > 0) throw invalid(problems)
  const egress = recorded?.egress ?? { mode: 'open', allow: [] }
  return { name: wish.name, dir: wish.dir, network, gateway: addressAt(range, 1), egress, hosts }
}

const DOWN_FIRST = 'Take the lab down first, or leave this as it is.'

function differences(asked: HostWish, known: Host, at: string): Problem[] {
  return (['address', 'os', 'firewall', 'user', 'sudo'] as const)
    .filter((key) => asked[key] !== undefined && asked[key] !== known[key])
    .map((key) => ({
      field: `${at}.${key}`,
      message: `host ${known.name} is already there with ${known[key]}`,
      hint: DOWN_FIRST,
    }))
}

function nextFree(range: Range, taken: readonly string[]): string | undefined {
  for (let index = FIRST_HOST; ; index++) {
    const address = addressAt(range, index)
    if (!isHostAddress(range, address)) return undefined
    if (!taken.includes(address)) return address
  }
}

type Place = { range: Range; taken: readonly string[]; field: string }

function addressProblems(address: string | undefined, { range, taken, field }: Place): Problem[] {
  const at = `${field}.address`
  if (address === undefined) {
    return [
      { field: at, message: `${formatRange(range)} has no free address`, hint: 'Give a larger network.' },
    ]
  }
  if (!isHostAddress(range, address)) {
    const hint = `Use one from ${addressAt(range, 2)} on; ${addressAt(range, 1)} is the machine's.`
    return [
      {
        field: at,
        message: `${address.slice(0, 60)} is not a host's address in ${formatRange(range)}`,
        hint,
      },
    ]
  }
  if (!taken.includes(address)) return []
  return [{ field: at, message: `${address} is taken`, hint: 'Give every host an address of its own.' }]
}
