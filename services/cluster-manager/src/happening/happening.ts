import type { OutboxRow } from '@slipway/bus'

/** Something that happened to a cluster, for people to read. */
export type Happening = {
  /** Of its event: made of time. */
  id: string
  cluster: string
  noun: 'cluster' | 'operation' | 'node' | 'host'
  fact: string
  /** Of the node, the host, or the step. */
  name: string
  detail: string
  /** The operation that it belongs to; empty where it came from outside. */
  operation: string
  at: Date
}

/** Longer than this is read in the operation. */
const LONGEST = 1_000

/** An event's row with what it says about a cluster. */
export function withHappening(
  row: OutboxRow,
  { cluster, noun, fact, name, detail, operation, at }: Omit<Happening, 'id'>,
): OutboxRow & { happening: Happening } {
  const happening = { id: row.id, cluster, noun, fact, name, operation, at }
  return { ...row, happening: { ...happening, detail: detail.slice(0, LONGEST) } }
}
