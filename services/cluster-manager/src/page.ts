import { invalid } from '@slipway/errors'

const DEFAULT_SIZE = 50
const MAX_SIZE = 500

/** Which part of a list is asked for: `size` entries after the sort key `after`. */
export type Page = { size: number; after: string | undefined }

/** Reads a page request. The token holds the order it was made for, so that it can't be taken on into another one. */
export function readPage(request: { pageSize: number; pageToken: string }, order: string): Page {
  const size = Math.min(request.pageSize || DEFAULT_SIZE, MAX_SIZE)
  if (request.pageToken === '') return { size, after: undefined }
  const [madeFor, after] = decode(request.pageToken)
  if (madeFor !== order || after === undefined) {
    throw invalid([
      {
        field: 'pageToken',
        message: 'belongs to no page of this list',
        hint: 'Leave it out to begin at the first page, and keep orderBy the same from page to page.',
      },
    ])
  }
  return { size, after }
}

/** From `size + 1` rows to one page and the token of the next; it is empty on the last page. */
export function pageOf<T>(
  rows: readonly T[],
  { size }: Page,
  order: string,
  keyOf: (row: T) => string,
): { rows: T[]; nextPageToken: string } {
  const shown = rows.slice(0, size)
  const last = shown.at(-1)
  const more = rows.length > size && last !== undefined
  return { rows: shown, nextPageToken: more ? encode([order, keyOf(last)]) : '' }
}

function encode(parts: [order: string, key: string]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

function decode(token: string): [order?: string, key?: string] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (!Array.isArray(parts)) return []
    const [order, key]: unknown[] = parts
    // PostgreSQL takes no zero byte in a text.
    return typeof order === 'string' && typeof key === 'string' && !key.includes('\0') ? [order, key] : []
  } catch {
    return []
  }
}
