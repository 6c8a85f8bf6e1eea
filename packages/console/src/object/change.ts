import type { Message } from '../api/client.ts'

export type Row = Message<'object.v1.Row'>
export type Table = Message<'object.v1.ListObjectsResponse'>

/** What a watch told: an object as it is now, or the uid of one that is gone. */
export type Change = { row: Row } | { gone: string }

/** Pages of a table after a change: every object stays where it is, a new one comes where it belongs by namespace and name. */
export function withChange(pages: readonly Table[], change: Change): Table[] {
  if ('gone' in change) {
    const { gone } = change
    return pages.map((page) =>
      page.rows.some(({ uid }) => uid === gone)
        ? { ...page, rows: page.rows.filter(({ uid }) => uid !== gone) }
        : page,
    )
  }
  const { row } = change
  const known = pages.findIndex(({ rows }) => rows.some(({ uid }) => uid === row.uid))
  if (known >= 0) {
    return pages.map((page, at) =>
      at === known ? { ...page, rows: page.rows.map((one) => (one.uid === row.uid ? row : one)) } : page,
    )
  }
  const found = pages.findIndex(({ rows }) => rows.some((one) => isBefore(row, one)))
  const last = pages.length - 1
  // Beyond what was read there may be more that stands before it.
  if (found < 0 && pages[last]?.nextPageToken) return [...pages]
  return pages.map((page, at) => (at === (found < 0 ? last : found) ? withRow(page, row) : page))
}

function withRow(page: Table, row: Row): Table {
  const next = page.rows.findIndex((one) => isBefore(row, one))
  const at = next < 0 ? page.rows.length : next
  return { ...page, rows: page.rows.toSpliced(at, 0, row) }
}

function isBefore(one: Row, other: Row): boolean {
  if (one.namespace !== other.namespace) return one.namespace < other.namespace
  return one.name < other.name
}
