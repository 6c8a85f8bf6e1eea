import { expect, test } from 'vitest'
import { type Row, type Table, withChange } from './change.ts'

const row = (name: string, cells = ['1']): Row => ({ uid: `uid of ${name}`, namespace: 'shop', name, cells })
const page = (names: string[], nextPageToken = ''): Table => ({
  ...{ columns: [], rows: names.map((name) => row(name)), nextPageToken, resourceVersion: '1' },
})
const namesOf = (pages: readonly Table[]) => pages.map(({ rows }) => rows.map(({ name }) => name))

test('an object that changes stays in its place', () => {
  const [, second] = withChange([page(['a', 'b'], 'more'), page(['c', 'd'])], { row: row('c', ['2']) })
  expect(second?.rows.map(({ cells }) => cells)).toEqual([['2'], ['1']])
})

test('a new one comes where it belongs', () => {
  const pages = [page(['a', 'c'], 'more'), page(['e'])]
  expect(namesOf(withChange(pages, { row: row('b') }))).toEqual([['a', 'b', 'c'], ['e']])
  expect(namesOf(withChange(pages, { row: row('f') }))).toEqual([
    ['a', 'c'],
    ['e', 'f'],
  ])
})

test('one that belongs behind what was read waits until that is read', () => {
  expect(namesOf(withChange([page(['a', 'c'], 'more')], { row: row('d') }))).toEqual([['a', 'c']])
})

test('one that is gone goes', () => {
  expect(namesOf(withChange([page(['a', 'b']), page(['c'])], { gone: 'uid of b' }))).toEqual([['a'], ['c']])
})
