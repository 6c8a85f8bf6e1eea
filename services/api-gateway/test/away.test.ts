import { jetstream } from '@nats-io/jetstream'
import { type NatsConnection, nanos } from '@nats-io/transport-node'
import { openBus } from '@slipway/bus'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { connectAs, fetchAll, type Made, type ToolEvent } from './event-tool.ts'
import { type Gateway, startGateway } from './gateway.ts'

let gateway: Gateway
let project: string
const connections: NatsConnection[] = []
afterEach(async () => {
  await Promise.all(connections.splice(0).map((connection) => connection.close()))
})
afterAll(() => gateway?.stop())

async function subscribe(body: object): Promise<Made> {
  const path = `/projects/${project}/subscriptions`
  const { json, status } = await gateway.rest('POST', path, { token: gateway.admin, body })
  expect([status, json.problems]).toEqual([201, undefined])
  return json
}

/** Fetches as the tool of a subscription, and goes away again. */
async function fetchAs(made: Made, count: number): Promise<ToolEvent[]> {
  const connection = await connectAs(gateway, made)
  connections.push(connection)
  const events = await fetchAll(connection, made, count)
  await connection.close()
  return events
}

async function change(times: number): Promise<void> {
  for (let number = 0; number < times; number++) {
    const body = { description: `${number}` }
    const { status } = await gateway.rest('PATCH', `/projects/${project}`, { token: gateway.admin, body })
    expect(status).toBe(200)
  }
}

const sequences = (events: readonly ToolEvent[]) => events.map(({ sequence }) => Number(sequence))
const from = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)

describe('a tool that was away', () => {
  beforeAll(async () => {
    gateway = await startGateway()
    project = await gateway.project('mine')
  })
  afterAll(() => gateway.stop())

  test('for less than its subscription lives gets all that it missed, in order, however long it asked for nothing', async () => {
    const made = await subscribe({ since: '2020-01-01T00:00:00Z', expiresInSeconds: 86_400 })
    expect(made.subscription).not.toHaveProperty('missingBefore')
    const connection = await connectAs(gateway, made)
    connections.push(connection)
    expect(sequences(await fetchAll(connection, made, 1))).toEqual([1])
    const { stream = '', consumer = '' } = made.subscription
    const taken = await (await jetstream(connection).consumers.get(stream, consumer)).info()
    // The server forgets a consumer that asks for nothing: not before its credentials end.
    expect(taken.config.inactive_threshold).toBeGreaterThanOrEqual(nanos(86_399_000))
    expect(taken.config.max_deliver ?? -1).toBe(-1)
    await connection.close()
    await change(60)
    expect(sequences(await fetchAs(made, 60))).toEqual(from(2, 61))
  })

  test('for longer is refused, subscribes anew since its last event, and misses nothing', async () => {
    const made = await subscribe({ since: '2020-01-01T00:00:00Z', expiresInSeconds: 2 })
    const had = await fetchAs(made, 61)
    const again = () =>
      connectAs(gateway, made).then((connection) => connection.close().then(() => 'in'), String)
    await expect.poll(again, { timeout: 20_000, interval: 200 }).toMatch(/expired|authorization/i)
    await change(20)
    const anew = await subscribe({ since: had.at(-1)?.time })
    expect(anew.subscription).not.toHaveProperty('missingBefore')
    const known = new Set(had.map(({ id }) => id))
    const missed = (await fetchAs(anew, 81)).filter(({ id }) => !known.has(id))
    expect(sequences([...had, ...missed])).toEqual(from(1, 81))
  })
})

describe('where events are kept for a shorter time than it was away', () => {
  beforeAll(async () => {
    gateway = await startGateway(async (usual) => {
      // As an install has it whose thirty days are over in eight seconds.
      const bus = await openBus({ ...usual.foundation.nats, name: 'api-gateway' })
      const kept = { max_age: nanos(8_000), duplicate_window: nanos(1_000) }
      await bus.manager.streams.add({ name: 'EVENTS', subjects: ['slipway.evt.>'], ...kept })
      await bus.close()
      return usual
    })
    project = await gateway.project('mine')
  })

  test('it is told from when on nothing is missing, and gets what is left', async () => {
    const before = new Date()
    const gap = async () => (await subscribe({ since: '2020-01-01T00:00:00Z' })).subscription.missingBefore
    await expect.poll(gap, { timeout: 20_000, interval: 1_100 }).toBeDefined()
    await change(3)
    const made = await subscribe({ since: before.toISOString() })
    const missingBefore = new Date(made.subscription.missingBefore ?? 0)
    expect(missingBefore.getTime()).toBeGreaterThan(before.getTime())
    const left = await fetchAs(made, 3)
    expect(sequences(left)).toEqual([2, 3, 4])
    for (const { time } of left)
      expect(new Date(time).getTime()).toBeGreaterThan(missingBefore.getTime() - 1_000)
    const since = new Date(Date.now() + 1_000).toISOString()
    expect((await subscribe({ since })).subscription).not.toHaveProperty('missingBefore')
  })
})
