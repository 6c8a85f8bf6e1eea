import { createLog } from '@slipway/telemetry'
import { type Platform, startPlatform } from '@slipway/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bus, openBus } from './bus.ts'
import { eventRow, readEvent } from './event.ts'
import { followSubject } from './follow.ts'
import { type Outbox, openOutbox } from './outbox.ts'
import { ensureStreams } from './stream.ts'

let platform: Platform
let bus: Bus
let client: pg.Client
let open: (sweepMs?: number) => Promise<Outbox>
beforeAll(async () => {
  platform = await startPlatform()
  const { databaseUrl, nats } = platform.foundation('cluster-manager')
  client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query('CREATE TABLE outbox (position bigserial PRIMARY KEY, id text, subject text, body text)')
  bus = await openBus({ ...nats, name: 'cluster-manager' })
  await ensureStreams(bus)
  const log = createLog('test', 'warn')
  open = (sweepMs) =>
    openOutbox({ bus, databaseUrl, schema: 'cluster_manager', log, ...(sweepMs && { sweepMs }) })
})
afterAll(async () => {
  await client?.end()
  await bus?.close()
  await platform?.stop()
})

test('events of an object arrive in the order of its versions, also with two publishers', async () => {
  const publishers = [await open(), await open()]
  for (let sequence = 1; sequence <= 300; sequence++) await put(`c${sequence % 3}`, Math.ceil(sequence / 3))
  for (const publisher of publishers) publisher.nudge()
  const seen: Record<string, number[]> = { c0: [], c1: [], c2: [] }
  for await (const { id, sequence } of heard('*', 300)) seen[id]?.push(sequence)
  const inOrder = Array.from({ length: 100 }, (_, index) => index + 1)
  expect(seen).toEqual({ c0: inOrder, c1: inOrder, c2: inOrder })
  await Promise.all(publishers.map((publisher) => publisher.close()))
})

test('a nudge is heard by the replica that publishes, whichever was nudged', async () => {
  // Nobody looks by himself as long as this runs.
  const never = 3_600_000
  const first = await open(never)
  await put('first', 1)
  first.nudge()
  for await (const _ of heard('first', 1)) void _
  const second = await open(never)
  for (let sequence = 1; sequence <= 50; sequence++) {
    await put('second', sequence)
    second.nudge()
    for await (const _ of heard('second', sequence)) void _
  }
  await Promise.all([first.close(), second.close()])
})

async function put(id: string, sequence: number): Promise<void> {
  const event = { project: 'p1', noun: 'cluster', id, fact: 'created', sequence, data: { sequence } }
  const row = eventRow('cluster-manager', event, new Date())
  const values = [row.id, row.subject, row.body]
  await client.query('INSERT INTO outbox (id, subject, body) VALUES ($1, $2, $3)', values)
}

/** The first events of an object. */
async function* heard(id: string, count: number) {
  const done = new AbortController()
  let left = count
  for await (const body of followSubject(bus, 'EVENTS', `slipway.evt.p1.cluster.${id}.>`, done.signal)) {
    yield readEvent(body)
    left -= 1
    if (left === 0) done.abort()
  }
}
