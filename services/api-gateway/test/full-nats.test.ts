import { followSubject, openBus, readEvent } from '@slipway/bus'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OnSmallDisk, startOnSmallDisk } from './on-small-disk.ts'

let site: OnSmallDisk
beforeAll(async () => {
  site = await startOnSmallDisk('nats', 16)
})
afterAll(() => site?.stop())

const FULL = { field: 'nats', message: "NATS' disk is full: no event can be published." }
const patient = { timeout: 30_000 }

/** Changes the project so many times; answers the statuses. */
async function change(times: number): Promise<number[]> {
  const statuses: number[] = []
  for (let number = 1; number <= times; number++) {
    const description = `${number} ${'x'.repeat(200)}`
    statuses.push((await site.ask('PATCH', `/projects/${site.project}`, { description })).status)
  }
  return statuses
}

async function waiting(): Promise<number> {
  const [row] = await site.gateway.sql('SELECT count(*) FROM api_gateway.outbox')
  return Number(row?.count)
}

/** The sequences of the project's first events, in the order of their arrival: one more may fit on a disk that is full. */
async function heard(count: number): Promise<number[]> {
  const bus = await openBus({ ...site.gateway.config.foundation.nats, name: 'api-gateway' })
  const done = new AbortController()
  const sequences: number[] = []
  for await (const body of followSubject(bus, 'EVENTS', `slipway.evt.${site.project}.>`, done.signal)) {
    if (sequences.push(readEvent(body).sequence) === count) done.abort()
  }
  await bus.close()
  return sequences.slice(0, count)
}

test('a full disk under JetStream is said with the way out, changes go on, and their events come once and in order when it has room', async () => {
  await change(10)
  await expect.poll(waiting, patient).toBe(0)
  expect((await site.ready()).status).toBe(200)

  await site.disk.fill()
  expect(new Set(await change(40))).toEqual(new Set([200]))
  await expect.poll(async () => (await site.ready()).json.problems, patient).toMatchObject([FULL])
  const { json, headers } = await site.ready()
  expect(json.problems[0].hint).toContain('file system of its store')
  expect(headers['retry-after']).toBe('1')
  const left = await waiting()
  expect(left).toBeGreaterThan(0)
  // What was published before can be read.
  expect(await heard(11)).toEqual(Array.from({ length: 11 }, (_, index) => index + 1))
  expect(await waiting()).toBeGreaterThanOrEqual(left)

  await site.disk.makeRoom()
  await expect.poll(waiting, patient).toBe(0)
  await expect.poll(async () => (await site.ready()).status, patient).toBe(200)
  expect(await heard(51)).toEqual(Array.from({ length: 51 }, (_, index) => index + 1))
})

test('who asks for a subscription then is told why there is none, and gets one when there is room', async () => {
  const subscribe = () =>
    site.ask('POST', `/projects/${site.project}/subscriptions`, { expiresInSeconds: 600 })
  expect((await subscribe()).status).toBe(201)
  await site.disk.fill()
  const refusals = await Promise.all(Array.from({ length: 5 }, subscribe))
  const refused = refusals.find(({ status }) => status !== 201)
  expect([refused?.status, refused?.json.problems]).toMatchObject([503, [FULL]])
  await site.disk.makeRoom()
  expect((await subscribe()).status).toBe(201)
})
