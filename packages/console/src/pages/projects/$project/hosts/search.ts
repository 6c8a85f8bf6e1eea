import type { HostsAsked } from '../../../../host/queries.ts'

/** What the address says of the page of hosts: what is looked for, which page, which host is open, what is being added. */
export type HostsSearch = {
  search?: string
  state?: string
  tag?: string
  cluster?: string
  sort?: Exclude<HostsAsked['orderBy'], undefined | ''>
  before?: string[]
  host?: string
  add?: 'one' | 'many'
}

const SORTS = ['name', '-name', 'address', '-address'] as const
const ADDS = ['one', 'many'] as const

/** Reads it; what means nothing is left out. */
export function hostsSearch(asked: Record<string, unknown>): HostsSearch {
  const sort = SORTS.find((one) => one === asked.sort)
  const add = ADDS.find((one) => one === asked.add)
  const texts = (['search', 'state', 'tag', 'cluster', 'host'] as const).flatMap((key) => {
    const text = typeof asked[key] === 'number' ? String(asked[key]) : asked[key]
    return typeof text === 'string' && text ? [[key, text]] : []
  })
  return {
    ...Object.fromEntries(texts),
    ...(sort ? { sort } : {}),
    ...(add ? { add } : {}),
    ...(Array.isArray(asked.before) && asked.before.length > 0 ? { before: asked.before.map(String) } : {}),
  }
}
