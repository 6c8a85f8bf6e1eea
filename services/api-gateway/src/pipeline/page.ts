import { invalid } from '@slipway/errors'

const DEFAULT = 50
const MOST = 500

/** Which page of a list is asked for: how many, and the sort key that it begins after. */
export type Page = { limit: number; after: string }

/** Reads a list request's page; the token is the last sort key as base64url. */
export function pageOf(request: { pageSize: number; pageToken: string }): Page {
  const after = Buffer.from(request.pageToken, 'base64url').toString()
  if (request.pageToken && Buffer.from(after).toString('base64url') !== request.pageToken) {
    throw invalid([
      { field: 'pageToken', message: 'is not a page token', hint: 'Use nextPageToken of the page before.' },
    ])
  }
  return { limit: Math.min(request.pageSize || DEFAULT, MOST), after }
}

/** Cuts a list that was read with one more than asked for, and names the next page when there is one. */
export function pageFrom<T>(
  rows: readonly T[],
  limit: number,
  keyOf: (row: T) => string,
): { rows: T[]; nextPageToken: string } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const more = rows.length > limit && last !== undefined
  return { rows: shown, nextPageToken: more ? Buffer.from(keyOf(last)).toString('base64url') : '' }
}
