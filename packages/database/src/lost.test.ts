import { createServer } from 'node:net'
import pg from 'pg'
import { expect, test } from 'vitest'
import { explain } from './lost.ts'

test('a machine that takes a connection and says nothing is a lost database, like one that refuses it', async () => {
  const silent = createServer((socket) => socket.resume().on('error', () => {}))
  const port = await new Promise<number>((resolve) => {
    silent.listen(0, '127.0.0.1', () => resolve((silent.address() as { port: number }).port))
  })
  const connect = () =>
    new pg.Client({ host: '127.0.0.1', port, user: 'nobody', connectionTimeoutMillis: 200 })
      .connect()
      .catch(explain)
  await expect(connect()).rejects.toMatchObject({ code: 'Unavailable' })
  await new Promise((resolve) => silent.close(resolve))
  await expect(connect()).rejects.toMatchObject({ code: 'Unavailable' })
})

test.each(['57P01', '57P03', '53300', '08006'])('%s says that the connection is at fault', (code) => {
  const thrown = Object.assign(new Error('said by PostgreSQL'), { code })
  expect(() => explain(thrown)).toThrow('The database does not answer.')
})

test('a full disk is told from a lost database, also from beneath Prisma', () => {
  const said = 'could not extend file "base/5/16390": No space left on device'
  const full = "PostgreSQL's disk is full: nothing new can be written."
  expect(() => explain(Object.assign(new Error(said), { code: '53100' }))).toThrow(full)
  expect(() => explain(new Error(said, { cause: { kind: 'postgres', originalCode: '53100' } }))).toThrow(full)
})

test('what a query did wrong stays as it is', () => {
  const thrown = Object.assign(new Error('duplicate key'), { code: '23505' })
  expect(() => explain(thrown)).toThrow(thrown)
  expect(() => explain('text')).toThrow('text')
})
