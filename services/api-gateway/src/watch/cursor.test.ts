import { expect, test } from 'vitest'
import { fromTheBeginning, readCursor, writeCursor } from './cursor.ts'

test('a cursor is read as it was written', () => {
  const cursor = {
    version: 7,
    runs: new Map([
      ['o1.prepare.1', 12],
      ['elsewhere', 3],
    ]),
  }
  expect(readCursor(writeCursor(cursor, 'o1'), 'o1')).toEqual(cursor)
  expect(readCursor('', 'o1')).toEqual(fromTheBeginning())
})

test('a hundred runs fit into what a cursor may be', () => {
  const id = '01a1fd81-a489-72a6-91e6-ed62c5c854e6'
  const runs = new Map(Array.from({ length: 100 }, (_, index) => [`${id}.install-node-${index}.1`, 99_999]))
  expect(writeCursor({ version: 999, runs }, id).length).toBeLessThan(4_096)
})

test.each(['nonsense', 'e30', Buffer.from('{"v":-1,"runs":{}}').toString('base64url')])(
  '%s is refused',
  (text) => {
    expect(() => readCursor(text, 'o1')).toThrow('cursor')
  },
)
