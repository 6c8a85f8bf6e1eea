import { start } from '@slipway/process'
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

test('a publisher that is killed in the middle loses nothing, and whoever goes on keeps the order', async () => {
  const numbers = Array.from({ length: 400 }, (_, index) => index + 1)
  for (const sequence of numbers) for (const id of ['k0', 'k1', 'k2']) await put(id, sequence, 'killed')
  const { databaseUrl, nats } = platform.foundation('cluster-manager')
  const child = start([process.execPath, '--input-type=module', '--eval', PUBLISHER], {
    cwd: import.meta.dirname,
    input: JSON.stringify({ databaseUrl, nats }),
  })
  for await (const _ of heard('k0', 5, 'killed')) void _
  process.kill(child.pid, 'SIGKILL')
  await child.ended
  expect(await waiting()).toBeGreaterThan(0)
  const next = await open()
  const seen: Record<string, number[]> = { k0: [], k1: [], k2: [] }
  for await (const { id, sequence } of heard('*', 1_200, 'killed')) seen[id]?.push(sequence)
  expect(seen).toEqual({ k0: numbers, k1: numbers, k2: numbers })
  await next.close()
  expect(await waiting()).toBe(0)
})

test('an event that can’t be published holds back its own object only, and goes out in its place when it can', async () => {
  const publisher = await open(200)
  await put('held', 1, 'held')
  await put('held', 2, 'held', 'x'.repeat(5 * 1024 * 1024))
  await put('held', 3, 'held')
  for (const sequence of [1, 2, 3]) await put('free', sequence, 'held')
  publisher.nudge()
  for await (const _ of heard('free', 3, 'held')) void _
  for await (const _ of heard('held', 1, 'held')) void _
  await expect.poll(waiting).toBe(2)
  await client.query(`UPDATE outbox SET body = jsonb_set(body::jsonb, '{data,more}', '""')`)
  const seen: number[] = []
  for await (const { sequence } of heard('held', 3, 'held')) seen.push(sequence)
  expect(seen).toEqual([1, 2, 3])
  await publisher.close()
})

/** An outbox's publisher in a process of its own. */
const PUBLISHER = `
  import { text } from 'node:stream/consumers'
  import { start } from '@slipway/process'
import { createLog } from '@slipway/telemetry'
  import { openBus } from './bus.ts'
  import { openOutbox } from './outbox.ts'
  const { databaseUrl, nats } = JSON.parse(await text(process.stdin))
  const bus = await openBus({ ...nats, name: 'cluster-manager' })
  await openOutbox({ bus, databaseUrl, schema: 'cluster_manager', log: createLog('killed', 'warn') })`

/** How many events wait. */
async function waiting(): Promise<number> {
  const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM outbox')
  return rows[0]?.count ?? 0
}

async function put(id: string, sequence: number, project = 'p1', more = ''): Promise<void> {
  const event = { project, noun: 'cluster', id, fact: 'created', sequence, data: { sequence, more } }
  const row = eventRow('cluster-manager', event, new Date())
  const values = [row.id, row.subject, row.body]
  await client.query('INSERT INTO outbox (id, subject, body) VALUES ($1, $2, $3)', values)
}

/** The first events of an object. */
async function* heard(id: string, count: number, project = 'p1') {
  const done = new AbortController()
  let left = count
  for await (const body of followSubject(
    bus,
    'EVENTS',
    `slipway.evt.${project}.cluster.${id}.>`,
    done.signal,
  )) {
    yield readEvent(body)
    left -= 1
    if (left === 0) done.abort()
  }
}
