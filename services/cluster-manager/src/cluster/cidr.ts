import ipaddr from 'ipaddr.js'

/** A range of IPv4 addresses: `first` and `last` as numbers. */
export type Cidr = { text: string; prefix: number; first: number; last: number }

/** Reads `10.96.0.0/16`; undefined when it is none, or when bits beyond the prefix are set. */
export function readCidr(text: string): Cidr | undefined {
  const [address = '', prefix = '', ...rest] = text.split('/')
  if (rest.length > 0 || !/^\d{1,2}$/.test(prefix) || Number(prefix) > 32) return undefined
  if (!ipaddr.IPv4.isValidFourPartDecimal(address)) return undefined
  const range = rangeAround(address, Number(prefix))
  return range.first === toNumber(address) ? { text, ...range } : undefined
}

/** The range that an address with a prefix lies in: what `10.1.2.3/16` most likely meant. */
export function rangeAround(address: string, prefix: number): Omit<Cidr, 'text'> {
  const size = 2 ** (32 - prefix)
  const first = Math.floor(toNumber(address) / size) * size
  return { prefix, first, last: first + size - 1 }
}

/** How many addresses a range has. */
export function sizeOf({ first, last }: Pick<Cidr, 'first' | 'last'>): number {
  return last - first + 1
}

/** Whether two ranges share an address. */
export function overlaps(a: Pick<Cidr, 'first' | 'last'>, b: Pick<Cidr, 'first' | 'last'>): boolean {
  return a.first <= b.last && b.first <= a.last
}

/** How many blocks of a longer prefix a range holds; 0 when the block is larger than it. */
export function blocksIn({ prefix }: Pick<Cidr, 'prefix'>, blockPrefix: number): number {
  return blockPrefix < prefix ? 0 : 2 ** (blockPrefix - prefix)
}

/** What a host's route or address covers; undefined for the default route and for what is not IPv4. */
export function readDestination(text: string): Cidr | undefined {
  const [address = '', prefix = '32'] = text.split('/')
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) || Number(prefix) === 0) return undefined
  return { text, ...rangeAround(address, Number(prefix)) }
}

/** The address of a number. */
export function toAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}

function toNumber(address: string): number {
  return ipaddr.IPv4.parse(address)
    .toByteArray()
    .reduce((sum, byte) => sum * 256 + byte, 0)
}
