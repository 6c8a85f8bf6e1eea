import { openSmallDisk, type SmallDisk } from '@slipway/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Gateway, startGateway } from './gateway.ts'

let disk: SmallDisk
let gateway: Gateway
let project: string
beforeAll(async () => {
  disk = await openSmallDisk(96)
  gateway = await startGateway((usual) => usual, { disks: { postgres: disk.dir } })
  project = await gateway.project('mine')
})
afterAll(async () => {
  await gateway?.stop()
  await disk?.close()
})

const ask = (verb: string, path: string, body?: object) =>
  gateway.rest(verb, path, { token: gateway.admin, ...(body ? { body } : {}) })
const ready = () => gateway.rest('GET', '/readyz')
const FULL = { field: 'database', message: "PostgreSQL's disk is full: nothing new can be written." }

/** Makes people until one is refused; answers the names of those who were made, and the refusal. */
async function makePeople(prefix: string) {
  const made: string[] = []
  for (let number = 1; number <= 20_000; number++) {
    const name = `${prefix}-${number}`
    const answer = await ask('POST', '/users', { name })
    if (answer.status !== 201) return { made, refused: answer }
    made.push(name)
  }
  throw new Error('nothing was refused')
}

async function stored(sql: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: gateway.config.foundation.databaseUrl })
  await client.connect()
  const { rows } = await client.query<{ text: string }>(sql)
  await client.end()
  return rows.map(({ text }) => text)
}

test('a full disk under PostgreSQL is said with the way out, people go on reading, and what was acknowledged is there when it has room again', async () => {
  expect((await ready()).status).toBe(200)
  await disk.fill()
  const { made, refused } = await makePeople('during')
  expect([refused.status, refused.json.code, refused.headers['retry-after']]).toEqual([
    503,
    'Unavailable',
    '1',
  ])
  expect(refused.json.problems).toMatchObject([FULL])
  expect(refused.json.problems[0].hint).toContain('data folder')

  await expect.poll(async () => (await ready()).json.problems, { timeout: 20_000 }).toMatchObject([FULL])
  const [me, read] = await Promise.all([ask('GET', '/me'), ask('GET', `/projects/${project}`)])
  expect([me.status, read.status]).toEqual([200, 200])

  await disk.makeRoom()
  await expect.poll(async () => (await ready()).status, { timeout: 60_000 }).toBe(200)
  expect((await ask('POST', '/users', { name: 'after' })).status).toBe(201)
  expect(await stored('SELECT name AS text FROM api_gateway.users')).toEqual(
    expect.arrayContaining([...made, 'after']),
  )
  const recorded = await stored(`SELECT after::json->'user'->>'name' AS text FROM api_gateway.audit_entries
    WHERE method LIKE '%CreateUser' AND result = 'succeeded'`)
  expect(recorded.toSorted()).toEqual([...made, 'after'].toSorted())
})
