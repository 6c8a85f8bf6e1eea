import { expect, test } from 'vitest'
import { statementNames } from './statement-name.ts'

const values = (count: number) => Array.from({ length: count }, () => '')

test('a statement has one name as often as it is asked, and another one has another', () => {
  const nameOf = statementNames()
  const first = nameOf({ sql: 'SELECT $1', args: values(1) })
  expect(first).not.toBe('')
  expect(nameOf({ sql: 'SELECT $1', args: values(1) })).toBe(first)
  expect(nameOf({ sql: 'SELECT $1, 2', args: values(1) })).not.toBe(first)
})

test('what would only fill memory has none: lists of values, statements without any, and more texts than a service has', () => {
  const nameOf = statementNames()
  expect(nameOf({ sql: 'BEGIN', args: [] })).toBe('')
  expect(nameOf({ sql: 'SELECT long list', args: values(100) })).toBe('')
  const names = Array.from({ length: 1_000 }, (_, at) =>
    nameOf({ sql: `SELECT ${at} = $1`, args: values(1) }),
  )
  const given = names.filter((name) => name !== '')
  expect(given.length).toBeLessThan(500)
  expect(new Set(given).size).toBe(given.length)
  expect(nameOf({ sql: 'SELECT 0 = $1', args: values(1) })).toBe(names[0])
})
