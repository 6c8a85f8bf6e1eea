// `node bench/scale/events.ts` (as root): from the commit of a row in cluster-manager's outbox to an outside tool's pull consumer,
// at 2,000 events a second, 20 of 500 objects taking turns in each transaction. PostgreSQL waits for its
// disk. Target: p99 < 100 ms. On a busy machine look at how late a timer of the bench's own was, and run it with `chrt -r 1`
// before it: what is left then is ours.
import { loadavg } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { jetstream } from '@nats-io/jetstream'
import { connect, credsAuthenticator } from '@nats-io/transport-node'
import { eventRow } from '@slipway/bus'
import { callApi } from '@slipway/cli/api'
import pg from 'pg'
import { percentile } from '../numbers.ts'
import { cpuSeconds } from './cpu.ts'
import { atFleet, type Site } from './site.ts'

const A_SECOND = Number(process.argv[2] ?? 2_000)
const SECONDS = 20
const WARM_UP = 5
/** Events of one transaction. */
const TOGETHER = 20
const OBJECTS = 500
const EACH_MS = (1000 * TOGETHER) / A_SECOND
const TIMER_MS = 5

await atFleet({ pace: 0 }, async (site) => {
  const heard = await subscribe(site)
  const client = new pg.Client({ connectionString: site.services.databaseUrl })
  await client.connect()
  const committed = new Map<string, number>()
  const timer = monitorEventLoopDelay({ resolution: TIMER_MS })
  const before = await cpuSeconds(site)
  timer.enable()
  const began = performance.now()
  const total = Math.ceil(((WARM_UP + SECONDS) * A_SECOND) / TOGETHER)
  for (let number = 0; number < total; number++) {
    await pause(Math.max(0, began + number * EACH_MS - performance.now()))
    const rows = Array.from({ length: TOGETHER }, (_, at) => eventOf(site.project, number, at))
    await client.query(
      `WITH sent AS (INSERT INTO cluster_manager.outbox (id, subject, body)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))
       SELECT pg_notify('outbox:cluster_manager', '')`,
      [rows.map(({ id }) => id), rows.map(({ subject }) => subject), rows.map(({ body }) => body)],
    )
    for (const { id } of rows) committed.set(id, performance.now())
  }
  const seconds = (performance.now() - began) / 1000
  const used = await cpuSeconds(site)
  const all = total * TOGETHER
  for (const until = Date.now() + 60_000; heard.size < all && Date.now() < until; ) await pause(100)
  const times = [...committed.entries()]
    .slice(WARM_UP * A_SECOND)
    .map(([id, at]) => Math.max(0, (heard.get(id) ?? Number.POSITIVE_INFINITY) - at))
  process.stdout.write(
    `events, ${(all / seconds).toFixed(0)} a second: ${heard.size} of ${all} heard, p50 ${percentile(times, 0.5).toFixed(0)} ms, p95 ${percentile(times, 0.95).toFixed(0)} ms, p99 ${percentile(times, 0.99).toFixed(0)} ms (target p99 < 100 ms at 2,000); load ${loadavg()[0]?.toFixed(0)}\n`,
  )
  const late = timer.percentile(99) / 1e6 - TIMER_MS
  process.stdout.write(`  a timer of the bench itself came late by ${late.toFixed(0)} ms at p99\n`)
  for (const [name, value] of used) {
    const cores = (value - (before.get(name) ?? 0)) / seconds
    if (cores >= 0.01) process.stdout.write(`  CPU of ${name}: ${cores.toFixed(2)} cores\n`)
  }
  await client.end()
})
process.exit()

/** Objects take turns. */
function eventOf(project: string, number: number, at: number) {
  const turn = number * TOGETHER + at
  const [id, sequence] = [`bench-${turn % OBJECTS}`, Math.floor(turn / OBJECTS) + 1]
  const event = { project, noun: 'host', id, fact: 'updated', sequence, data: {} }
  return eventRow('cluster-manager', event, new Date())
}

/** An outside tool, with what CreateSubscription gives it; answers when it got what, by event id. */
async function subscribe({ to, project, services }: Site): Promise<Map<string, number>> {
  const made = await callApi(to, 'slipway.event.v1.EventService/CreateSubscription', { project })
  const { stream, consumer, url, inboxPrefix } = made.subscription
  const connection = await connect({
    ...{ servers: url, inboxPrefix, tls: { ca: services.ca } },
    authenticator: credsAuthenticator(Buffer.from(made.credentials)),
  })
  const heard = new Map<string, number>()
  const messages = await (await jetstream(connection).consumers.get(stream, consumer)).consume()
  void (async () => {
    for await (const message of messages) {
      heard.set(message.headers?.get('Nats-Msg-Id') ?? '', performance.now())
      message.ack()
    }
  })()
  return heard
}
