import { invalid, type Problem } from '@slipway/errors'
import type { Allowed, Lab } from './lab.ts'
import { withLock } from './lock.ts'
import { type Drops, readCounters } from './network/drops.ts'
import { applyFirewall } from './network/firewall.ts'
import { parseAddress } from './network/range.ts'
import { requireLab, writeLab } from './record.ts'

/** An address and port that stay reachable; TCP unless said otherwise. */
export type AllowWish = { address: string; port: number; protocol?: 'tcp' | 'udp' | undefined }

/** Which lab's gate, and how it is to stand. */
export type LabEgress = { dir: string; mode: 'open' | 'closed'; allow?: readonly AllowWish[] | undefined }

/**
 * Opens or closes the lab's gate; counts start at zero. Closed, hosts reach each other and what is allowed by name,
 * on this machine or beyond it, and every other packet is dropped and counted. The machine still reaches the hosts.
 */
export async function labEgress({ dir, mode, allow = [] }: LabEgress): Promise<void> {
  const problems = allow.flatMap(allowProblems)
  if (problems.length > 0) throw invalid(problems)
  const accepted = allow.map(({ address, port, protocol = 'tcp' }): Allowed => ({ address, port, protocol }))
  const { name } = await requireLab(dir)
  await withLock(`lab ${name}`, async () => {
    const lab: Lab = { ...(await requireLab(dir)), egress: { mode, allow: accepted } }
    await applyFirewall(lab)
    await writeLab(lab)
  })
}

/** What the closed gate has turned away since `labEgress` closed it. */
export async function readDrops({ dir }: { dir: string }): Promise<Drops> {
  const { name } = await requireLab(dir)
  return readCounters(name)
}

function allowProblems({ address, port, protocol = 'tcp' }: AllowWish, index: number): Problem[] {
  const at = `allow[${index}]`
  const problems: Problem[] = []
  if (parseAddress(address) === undefined) {
    const hint = 'Write an IPv4 address such as 10.78.0.1.'
    problems.push({ field: `${at}.address`, message: `${JSON.stringify(address)} is not an address`, hint })
  }
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    problems.push({ field: `${at}.port`, message: `${port} is not a port`, hint: 'Use 1 to 65535.' })
  }
  if (protocol !== 'tcp' && protocol !== 'udp') {
    problems.push({ field: `${at}.protocol`, message: 'unknown protocol', hint: 'Say tcp or udp.' })
  }
  return problems
}
