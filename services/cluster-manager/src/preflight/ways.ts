import { type Finding, field, text } from './finding.ts'
import type { Member } from './peers.ts'

/** A host with what it said of itself, as far as it said anything. */
export type Heard = { name: string; facts: unknown }

type Way = { peer: string; port: string; problem: string }

const MOST = 10_000
const NAMED = 5

/**
 * What is wrong with the ways between hosts. A port that nobody could be left behind at is another finding's; one that
 * the host's own firewall may hold back is opened when the host is prepared.
 */
export function* wayFindings(
  hosts: readonly Heard[],
  members: readonly Pick<Member, 'name' | 'lives'>[],
): Generator<Finding> {
  const facts = new Map(hosts.map((host) => [host.name, host.facts]))
  const lives = new Set(members.flatMap((member) => (member.lives ? [member.name] : [])))
  for (const { name, facts: own } of hosts) {
    const blocked = waysOf(own).filter(
      ({ peer, port, problem }) => problem && (lives.has(peer) || answers(facts.get(peer), port)),
    )
    for (const [port, ways] of Map.groupBy(blocked, (way) => way.port)) {
      const { filtered = [], open = [] } = Object.groupBy(ways, ({ peer }) =>
        firewallOf(facts.get(peer)) ? 'filtered' : 'open',
      )
      if (open.length > 0) yield blockedPort(name, port, open)
      if (filtered.length > 0) yield filteredPort(name, port, filtered, facts)
    }
  }
}

function blockedPort(host: string, port: string, ways: readonly Way[]): Finding {
  return {
    ...{ id: 'port-blocked', severity: 'error', host, fix: '' },
    message: `${host} can't reach ${port} of ${names(ways)}`,
    evidence: evidence(ways),
    hint: `Let ${port} pass from ${host} to there: a firewall or security group between them holds it back.`,
  }
}

function filteredPort(
  host: string,
  port: string,
  ways: readonly Way[],
  facts: ReadonlyMap<string, unknown>,
): Finding {
  const kinds = [...new Set(ways.map(({ peer }) => firewallOf(facts.get(peer))))].join(', ')
  return {
    ...{ id: 'port-filtered', severity: 'warning', host, fix: '' },
    message: `${host} can't reach ${port} of ${names(ways)} yet: ${kinds} filters there`,
    evidence: evidence(ways),
    hint: 'Nothing has to be done: Slipway opens it there when it prepares the host.',
  }
}

function names(ways: readonly Way[]): string {
  const more = ways.length > NAMED ? ` and ${ways.length - NAMED} more` : ''
  return `${ways
    .slice(0, NAMED)
    .map(({ peer }) => peer)
    .join(', ')}${more}`
}

function evidence(ways: readonly Way[]): string {
  return ways
    .slice(0, NAMED)
    .map(({ peer, port, problem }) => `${peer} ${port}: ${problem}`)
    .join('; ')
}

function waysOf(facts: unknown): Way[] {
  const ways = field(facts, 'ways')
  if (!Array.isArray(ways)) return []
  return ways.slice(0, MOST).map((way: unknown) => ({
    peer: text(field(way, 'peer')),
    port: text(field(way, 'port')),
    problem: text(field(way, 'problem')),
  }))
}

function answers(facts: unknown, port: string): boolean {
  const answering = field(field(facts, 'ports'), 'answering')
  return Array.isArray(answering) && answering.includes(port)
}

function firewallOf(facts: unknown): string {
  return text(field(field(facts, 'firewall'), 'kind'))
}
