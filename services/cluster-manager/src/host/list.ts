import { invalid } from '@slipway/errors'
import { pageOf, readPage } from '../page.ts'
import type { Transaction } from '../store.ts'
import { placeOf } from './address.ts'
import type { Host } from './host.ts'
import { type Filter, listHostRows, type Order } from './store.ts'

/** Which page of a project's hosts is asked for. */
export type ListRequest = {
  project: string
  pageSize: number
  pageToken: string
  order: Order
  filter: Filter
}

/** One page of a project's hosts. 10,000 hosts cost a page as much as 50: the sort key is the cursor. */
export async function listHosts(
  db: Transaction,
  { project, order, filter, ...request }: ListRequest,
): Promise<{ rows: Host[]; nextPageToken: string }> {
  refuseControlCharacters(filter)
  const named = `${order.descending ? '-' : ''}${order.by}`
  const page = readPage(request, named)
  if (order.by === 'place' && page.after !== undefined && !/^\d{1,15}$/.test(page.after)) {
    throw invalid([
      { field: 'pageToken', message: 'belongs to no page of this list', hint: 'Begin at the first page.' },
    ])
  }
  const rows = await listHostRows(db, project, { order, filter, after: page.after, limit: page.size + 1 })
  return pageOf(rows, page, named, ({ name, address, port }) =>
    order.by === 'place' ? String(placeOf(address, port)) : name,
  )
}

/** PostgreSQL takes no zero byte, and nothing that is looked for holds any other. */
function refuseControlCharacters(filter: Filter): void {
  const problems = Object.entries(filter)
    .filter(([, value]) => /\p{Cc}/u.test(value))
    .map(([field]) => ({ field, message: 'holds a control character', hint: 'Take it out.' }))
  if (problems.length > 0) throw invalid(problems)
}
