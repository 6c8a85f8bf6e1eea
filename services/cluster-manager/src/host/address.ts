import ipaddr from 'ipaddr.js'

/** Why an address can't be a host, and the way out. */
export type AddressProblem = { message: string; hint: string }

/** The addresses that Slipway itself answers on. */
export type OwnAddresses = Pick<ReadonlySet<string>, 'has'> & {
  /** Others of loopback may be hosts: those of a simulated fleet. */
  loopbackHosts?: boolean
}

const LOOPBACK = '127.0.0.0/8'
/** Ranges in which no host of ours can be, each with the reason that a person gets. */
const refused: readonly (readonly [range: string, reason: string])[] = [
  ['0.0.0.0/8', 'names no machine'],
  [LOOPBACK, 'is a loopback address: it would be the machine that Slipway runs on'],
  ['169.254.0.0/16', 'is a link-local address, which changes and does not route'],
  ['224.0.0.0/4', 'is a multicast address'],
  ['240.0.0.0/4', 'is in a reserved range'],
]

/**
 * Why an address is refused as a host, or undefined. Only the plain dotted form is taken: `010.1`, `0x7f.1` and
 * `2130706433` mean different things to different programs.
 */
export function addressProblem(address: string, own: OwnAddresses): AddressProblem | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(address)) {
    return {
      message: `${JSON.stringify(address.slice(0, 60))} is not an IPv4 address`,
      hint: 'Write four numbers from 0 to 255 with dots and without leading zeros: 10.20.30.40.',
    }
  }
  const parsed = ipaddr.IPv4.parse(address)
  const range = refused.find(
    ([cidr]) => parsed.match(ipaddr.IPv4.parseCIDR(cidr)) && !(cidr === LOOPBACK && own.loopbackHosts),
  )
  if (range) return { message: `${address} ${range[1]}`, hint: 'Give the address of the machine itself.' }
  if (own.has(address)) {
    return {
      message: `${address} is an address of Slipway itself`,
      hint: 'Slipway stays outside of what it builds: give another machine.',
    }
  }
  return undefined
}

/** An address and port as one number, by which hosts sort. */
export function placeOf(address: string, port: number): bigint {
  const bytes = ipaddr.IPv4.parse(address).toByteArray()
  return bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n) * 65_536n + BigInt(port)
}
