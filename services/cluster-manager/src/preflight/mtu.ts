import { type Finding, field } from './finding.ts'

/** An interface that carries a node's address. */
export type Link = { name: string; interface: string; mtu: number }

/** The link that a host said it has; undefined when it said none. */
export function linkOf(name: string, facts: unknown): Link | undefined {
  const link = field(facts, 'interface')
  const mtu = field(link, 'mtu')
  return typeof mtu === 'number' && mtu > 0
    ? { name, interface: String(field(link, 'name')).slice(0, 16), mtu }
    : undefined
}

/** Hosts whose packets are of another size than most: what the larger ones send, the smaller ones never see. */
export function* mtuFindings(links: readonly Link[]): Generator<Finding> {
  const sizes = [...Map.groupBy(links, ({ mtu }) => mtu)]
  const [usual] = sizes.toSorted(([, one], [, other]) => other.length - one.length)
  if (sizes.length < 2 || !usual) return
  const [size, [like]] = usual
  for (const { name, interface: device, mtu } of links.filter((link) => link.mtu !== size)) {
    yield {
      ...{ id: 'mtu-differs', severity: 'error', host: name, fix: '' },
      message: `${device} of ${name} has an MTU of ${mtu}, that of ${like?.name} has ${size}`,
      evidence: `${device} mtu ${mtu}`,
      hint: 'Give all hosts the same MTU: large packets of pods would vanish between them.',
    }
  }
}
