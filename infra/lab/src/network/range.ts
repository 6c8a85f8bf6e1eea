/** A range of IPv4 addresses: its first one as a number and its prefix length. */
export type Range = { start: number; prefix: number }

/** Reads `10.78.0.0/24` (or a bare address as /32); host bits are cut off. Undefined when it is neither. */
export function parseRange(text: string): Range | undefined {
  const [address = '', prefixText = '32', ...rest] = text.split('/')
  const start = parseAddress(address)
  const prefix = /^\d{1,2}$/.test(prefixText) ? Number(prefixText) : 33
  if (start === undefined || prefix > 32 || rest.length > 0) return undefined
  return { start: start - (start % sizeOf(prefix)), prefix }
}

/** Reads a dotted IPv4 address as a number. */
export function parseAddress(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined
  }
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0)
}

/** Writes a range as `10.78.0.0/24`. */
export function formatRange({ start, prefix }: Range): string {
  return `${formatAddress(start)}/${prefix}`
}

/** The nth address of a range; 0 is the network itself. */
export function addressAt(range: Range, index: number): string {
  return formatAddress(range.start + index)
}

/** Whether an address can be a host's: inside, and neither the network, the gateway (.1) nor the broadcast. */
export function isHostAddress(range: Range, address: string): boolean {
  const value = parseAddress(address)
  if (value === undefined) return false
  const index = value - range.start
  return index > 1 && index < sizeOf(range.prefix) - 1
}

/** Whether two ranges share an address. */
export function overlaps(a: Range, b: Range): boolean {
  return a.start < b.start + sizeOf(b.prefix) && b.start < a.start + sizeOf(a.prefix)
}

/** The first /24 of 10.77.0.0/16 to 10.99.0.0/16 that overlaps nothing busy; x.0.0 of each block comes first. */
export function pickRange(busy: readonly Range[]): Range | undefined {
  for (let third = 0; third < 256; third++) {
    for (let second = 77; second <= 99; second++) {
      const range = { start: ((10 * 256 + second) * 256 + third) * 256, prefix: 24 }
      if (!busy.some((other) => overlaps(range, other))) return range
    }
  }
  return undefined
}

function sizeOf(prefix: number): number {
  return 2 ** (32 - prefix)
}

function formatAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}
