import { createLog } from '@slipway/telemetry'
import { type Platform, startPlatform } from '@slipway/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBus } from './bus.ts'
import { eventRow, readEvent } from './event.ts'
import { followSubject } from './follow.ts'
import { openOutbox } from './outbox.ts'
import { ensureStreams } from './stream.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

test('events of an object arrive in the order of its versions, also with two publishers', async () => {
  const { databaseUrl, nats } = platform.foundation('cluster-manager')
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query('CREATE TABLE outbox (position bigserial PRIMARY KEY, id text, subject text, body text)')
  const bus = await openBus({ ...nats, name: 'cluster-manager' })
  await ensureStreams(bus)
  const log = createLog('test', 'warn')
  const options = { bus, databaseUrl, schema: 'cluster_manager', log }
  const publishers = [await openOutbox(options), await openOutbox(options)]
  for (let sequence = 1; sequence <= 300; sequence++) {
    const event = { project: 'p1', noun: 'cluster', id: 'c1', fact: 'created', sequence, data: { sequence } }
    const row = eventRow('cluster-manager', event, new Date())
    await client.query('INSERT INTO outbox (id, subject, body) VALUES ($1, $2, $3)', [
      row.id,
      row.subject,
      row.body,
    ])
  }
  for (const publisher of publishers) publisher.nudge()
  const seen: number[] = []
  const done = new AbortController()
  for await (const body of followSubject(bus, 'EVENTS', 'slipway.evt.p1.cluster.c1.>', done.signal)) {
    if (seen.push(readEvent(body).sequence) === 300) done.abort()
  }
  expect(seen).toEqual(Array.from({ length: 300 }, (_, index) => index + 1))
  await Promise.all(publishers.map((publisher) => publisher.close()))
  await client.end()
  await bus.close()
})
