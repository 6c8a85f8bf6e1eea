import { expect, test } from 'vitest'
import { createStatementNames } from './statement-name.ts'

test('a statement that comes often gets a name of its own and keeps it, a rare one gets none', () => {
  const nameOf = createStatementNames()
  const ask = (sql: string, times: number) =>
    Array.from({ length: times }, () => nameOf({ sql, args: [1] })).at(-1)
  const name = ask('SELECT 1', 10)
  expect(name).not.toBe('')
  expect(ask('SELECT 2', 2)).toBe('')
  expect(ask('SELECT 2', 8)).not.toBe(name)
  expect(ask('SELECT 1', 1)).toBe(name)
})

test('however many statements there are, a connection has few plans to keep', () => {
  const nameOf = createStatementNames()
  const names = new Set<string>()
  for (let number = 0; number < 5_000; number++)
    for (let times = 0; times < 6; times++) names.add(nameOf({ sql: `SELECT ${number}`, args: [1] }))
  expect(names.size).toBeLessThan(200)
  expect(nameOf({ sql: 'SELECT 4999', args: [1] })).toBe('')
})

test('what has no values has no name', () => {
  const nameOf = createStatementNames()
  for (let times = 0; times < 10; times++) expect(nameOf({ sql: 'BEGIN', args: [] })).toBe('')
})
