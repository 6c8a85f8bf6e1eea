import { run } from '@slipway/process'
import { parseRange, type Range } from './range.ts'

/** A range that the machine already uses, and the interface it belongs to. */
export type BusyRange = { range: Range; text: string; device: string }

type AddressRow = { ifname?: string; addr_info?: { local?: string; prefixlen?: number }[] }
type RouteRow = { dst?: string; dev?: string; type?: string }

/** Every range that an address or a route of this machine covers; default routes cover nothing of their own. */
export async function busyRanges(): Promise<BusyRange[]> {
  const [addresses, routes] = await Promise.all([
    run(['ip', '-json', '-4', 'address', 'show']),
    run(['ip', '-json', '-4', 'route', 'show', 'table', 'all']),
  ])
  const fromAddresses = (JSON.parse(addresses.stdout || '[]') as AddressRow[]).flatMap((row) =>
    (row.addr_info ?? []).map((info) => toBusy(`${info.local}/${info.prefixlen}`, row.ifname)),
  )
  const fromRoutes = (JSON.parse(routes.stdout || '[]') as RouteRow[])
    .filter((row) => row.dst !== 'default' && row.type !== 'local' && row.type !== 'broadcast')
    .map((row) => toBusy(row.dst ?? '', row.dev))
  return [...fromAddresses, ...fromRoutes].flatMap((busy) => busy ?? [])
}

function toBusy(text: string, device = 'a route'): BusyRange | undefined {
  const range = parseRange(text)
  // a /1 or /0 is a default route in other clothes: the lab's /24 is more specific and harms nothing
  return range && range.prefix > 1 ? { range, text, device } : undefined
}
