import { expect, test } from 'vitest'
import { pageOf, readPage } from './page.ts'

const rows = Array.from({ length: 7 }, (_, at) => `row-${at}`)

test('a list is walked to its end, whatever the size of its pages', () => {
  for (let size = 1; size <= 8; size++) {
    const seen: string[] = []
    let pageToken = ''
    do {
      const page = readPage({ pageSize: size, pageToken }, 'name')
      const from = page.after === undefined ? 0 : rows.indexOf(page.after) + 1
      const { rows: shown, nextPageToken } = pageOf(
        rows.slice(from, from + size + 1),
        page,
        'name',
        (row) => row,
      )
      expect(shown.length).toBeLessThanOrEqual(size)
      seen.push(...shown)
      pageToken = nextPageToken
    } while (pageToken)
    expect(seen).toEqual(rows)
  }
})

test('a page has 50 entries unless said otherwise, and never more than 500', () => {
  expect(readPage({ pageSize: 0, pageToken: '' }, 'name').size).toBe(50)
  expect(readPage({ pageSize: 100_000, pageToken: '' }, 'name').size).toBe(500)
})

test('a token of another order is refused', () => {
  const page = readPage({ pageSize: 1, pageToken: '' }, 'name')
  const { nextPageToken } = pageOf(rows, page, 'name', (row) => row)
  expect(() => readPage({ pageSize: 1, pageToken: nextPageToken }, '-name')).toThrow('pageToken')
})
