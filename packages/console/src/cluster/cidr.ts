/** A range of IPv4 addresses, its last one included. */
export type Range = { first: number; last: number }

/** `10.244.0.0/16` or one address as a range; nothing when it is neither. What is allowed, the API says. */
export function rangeOf(text: string): Range | undefined {
  const [, a, b, c, d, prefix = '32'] =
    /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text.trim()) ?? []
  const bytes = [a, b, c, d].map(Number)
  if (bytes.some((byte) => !(byte <= 255)) || Number(prefix) > 32) return undefined
  const address = bytes.reduce((sum, byte) => sum * 256 + byte, 0)
  const size = 2 ** (32 - Number(prefix))
  const first = Math.floor(address / size) * size
  return { first, last: first + size - 1 }
}

/** How many addresses it has. */
export function sizeOf({ first, last }: Range): number {
  return last - first + 1
}

/** Whether two ranges have an address in common. */
export function meets(one: Range, other: Range): boolean {
  return one.first <= other.last && other.first <= one.last
}

/** How many nodes get a share of a pod range, and how many addresses each share has. */
export function shares(pods: Range, nodeMask: number): { nodes: number; addresses: number } {
  const addresses = 2 ** (32 - nodeMask)
  return { nodes: Math.floor(sizeOf(pods) / addresses), addresses }
}

/**
 * Places ranges side by side on a line from 0 to 1: in the order of their addresses, wider ones wider, and the space
 * between them short. Those that have addresses in common lie above each other.
 */
export function onALine(ranges: readonly Range[]): { from: number; to: number }[] {
  const edges = [...new Set(ranges.flatMap(({ first, last }) => [first, last + 1]))].sort((a, b) => a - b)
  const widths = edges.slice(1).map((edge, index) => {
    const from = edges[index] ?? 0
    const isUsed = ranges.some(({ first, last }) => first <= from && edge - 1 <= last)
    return isUsed ? 3 + Math.log2(edge - from) : 1.5
  })
  const all = widths.reduce((sum, width) => sum + width, 0) || 1
  const at = (edge: number) =>
    widths.slice(0, edges.indexOf(edge)).reduce((sum, width) => sum + width, 0) / all
  return ranges.map(({ first, last }) => ({ from: at(first), to: at(last + 1) }))
}
