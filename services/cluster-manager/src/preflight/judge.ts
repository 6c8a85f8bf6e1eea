import type { PlayedRun } from '../flow/wire.ts'
import { identityProblems } from '../host/identity.ts'
import { type Finding, field, readFindings } from './finding.ts'
import { type Link, linkOf, mtuFindings } from './mtu.ts'
import type { Member } from './peers.ts'
import { silenceOf } from './silence.ts'
import { wayFindings } from './ways.ts'

/** What a check of hosts is judged with. */
export type Grounds = {
  /** Everybody who took part, and nodes that live already. */
  members: readonly Member[]
  /** Links of nodes that live already. */
  links: readonly Link[]
  /** What a person does after mending. */
  afterwards: string
}

/**
 * Everything that speaks against hosts, host by host: what each said of itself, what only shows beside the others, and
 * why one said nothing. Pure.
 */
export function judge(hosts: PlayedRun['hosts'], { members, links, afterwards }: Grounds): Finding[] {
  const heard = hosts.map(({ name, result }) => ({ name, facts: field(result, 'facts') }))
  const between = [
    ...identityFindings(hosts, afterwards),
    ...mtuFindings([...heard.flatMap(({ name, facts }) => linkOf(name, facts) ?? []), ...links]),
    ...wayFindings(heard, members),
  ]
  return hosts.flatMap((host) => [
    ...silenceOf(host, afterwards),
    ...readFindings(host.name, host.result),
    ...between.filter((finding) => finding.host === host.name),
  ])
}

/** As the hosts are now: what they said when they were added may be long ago. */
function identityFindings(hosts: PlayedRun['hosts'], afterwards: string): Finding[] {
  const known = hosts.flatMap(({ name, facts }) => (facts ? [{ ...facts, name }] : []))
  return [...identityProblems(known)].map(({ index, id, message, remedy }) => {
    const { name = '', machineId = '', hostname = '', clockOffsetSeconds } = known[index] ?? {}
    const seen = { 'machine-id-taken': machineId, 'host-name-taken': hostname }
    const evidence = id in seen ? seen[id as keyof typeof seen] : `${clockOffsetSeconds} s off`
    return {
      ...{ id, severity: 'error', host: name, message, evidence, fix: '' },
      hint: `${remedy}, then ${afterwards}.`,
    }
  })
}
