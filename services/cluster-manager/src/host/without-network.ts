import { type Cidr, overlaps, readDestination } from '../cluster/cidr.ts'
import type { Facts } from './facts.ts'

/** Facts of a host without what lies in some ranges: interfaces with an address of them, and routes to them. */
export function withoutNetwork(facts: Facts, ranges: readonly Cidr[]): Facts {
  const within = (text: string) => {
    const place = readDestination(text)
    return place !== undefined && ranges.some((range) => overlaps(range, place))
  }
  const addressOf = (text: string) => text.split('/')[0] ?? ''
  return {
    ...facts,
    interfaces: facts.interfaces.filter(({ addresses }) => !addresses.map(addressOf).some(within)),
    routes: facts.routes.filter(({ destination }) => !within(destination)),
  }
}
