import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OnSmallDisk, startOnSmallDisk } from './on-small-disk.ts'

let site: OnSmallDisk
beforeAll(async () => {
  site = await startOnSmallDisk('postgres', 96)
})
afterAll(() => site?.stop())

const FULL = { field: 'database', message: "PostgreSQL's disk is full: nothing new can be written." }

/** Makes people until one is refused; answers the names of those who were made, and the refusal. */
async function makePeople(prefix: string) {
  const made: string[] = []
  for (let number = 1; number <= 20_000; number++) {
    const name = `${prefix}-${number}`
    const answer = await site.ask('POST', '/users', { name })
    if (answer.status !== 201) return { made, refused: answer }
    made.push(name)
  }
  throw new Error('nothing was refused')
}

async function stored(sql: string): Promise<string[]> {
  return (await site.gateway.sql(sql)).map(({ text }) => text)
}

test('a full disk under PostgreSQL is said with the way out, people go on reading, and what was acknowledged is there when it has room again', async () => {
  expect((await site.ready()).status).toBe(200)
  await site.disk.fill()
  const { made, refused } = await makePeople('during')
  expect([refused.status, refused.json.code, refused.headers['retry-after']]).toEqual([
    503,
    'Unavailable',
    '1',
  ])
  expect(refused.json.problems).toMatchObject([FULL])
  expect(refused.json.problems[0].hint).toContain('data folder')

  await expect.poll(async () => (await site.ready()).json.problems, { timeout: 20_000 }).toMatchObject([FULL])
  const [me, read] = await Promise.all([site.ask('GET', '/me'), site.ask('GET', `/projects/${site.project}`)])
  expect([me.status, read.status]).toEqual([200, 200])

  await site.disk.makeRoom()
  await expect.poll(async () => (await site.ready()).status, { timeout: 60_000 }).toBe(200)
  expect((await site.ask('POST', '/users', { name: 'after' })).status).toBe(201)
  expect(await stored('SELECT name AS text FROM api_gateway.users')).toEqual(
    expect.arrayContaining([...made, 'after']),
  )
  const recorded = await stored(`SELECT after::json->'user'->>'name' AS text FROM api_gateway.audit_entries
    WHERE method LIKE '%CreateUser' AND result = 'succeeded'`)
  expect(recorded.toSorted()).toEqual([...made, 'after'].toSorted())
})
