import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { connectAs as connectWith, fetchAll, type Made } from './event-tool.ts'
import { type Gateway, startGateway } from './gateway.ts'

let gateway: Gateway
let project: string
let other: string
const connections: NatsConnection[] = []
beforeAll(async () => {
  gateway = await startGateway()
  project = await gateway.project('mine')
  other = await gateway.project('other')
})
afterEach(async () => {
  await Promise.all(connections.splice(0).map((connection) => connection.close()))
})
afterAll(() => gateway.stop())

async function subscribe(body: object, token = gateway.admin, of = project): Promise<Made> {
  const { json, status } = await gateway.rest('POST', `/projects/${of}/subscriptions`, { token, body })
  expect(status).toBe(201)
  return json
}

async function connectAs(made: Made): Promise<NatsConnection> {
  const connection = await connectWith(gateway, made)
  connections.push(connection)
  return connection
}

/** Whether the server refused to let this connection publish there. */
async function isRefused(connection: NatsConnection, subject: string): Promise<boolean> {
  const refusal = (async () => {
    for await (const status of connection.status()) {
      if (status.type === 'error' && String(status.error).includes(subject)) return true
    }
    return false
  })()
  connection.publish(subject, '{}')
  await connection.flush()
  return refusal
}

test('a tool fetches and acknowledges the events of its project, from a time on', async () => {
  const made = await subscribe({ nouns: ['project'], since: '2020-01-01T00:00:00Z' })
  const connection = await connectAs(made)
  await gateway.rest('PATCH', `/projects/${project}`, { token: gateway.admin, body: { description: 'x' } })
  await gateway.rest('PATCH', `/projects/${other}`, { token: gateway.admin, body: { description: 'y' } })
  const seen = await fetchAll(connection, made, 2)
  expect(seen.map(({ type, sequence, project: of }) => [type, sequence, of])).toEqual([
    ['slipway.project.created', '1', project],
    ['slipway.project.updated', '2', project],
  ])
  const again = await connectAs(made)
  expect((await jetstreamInfo(again, made)).num_ack_pending).toBe(0)
})

async function jetstreamInfo(connection: NatsConnection, { subscription }: Made) {
  const consumer = await jetstream(connection).consumers.get(
    subscription.stream ?? '',
    subscription.consumer ?? '',
  )
  return consumer.info()
}

test('and nothing else: no publishing, no other consumer or stream, no making or deleting of consumers', async () => {
  const made = await subscribe({})
  const theirs = await subscribe({}, gateway.admin, other)
  const { stream, consumer } = made.subscription
  for (const subject of [
    `slipway.evt.${project}.project.${project}.updated`,
    'slipway.work.cluster-manager.operation',
    `slipway.out.${project}.run`,
    `$JS.API.CONSUMER.MSG.NEXT.${stream}.${theirs.subscription.consumer}`,
    `$JS.API.CONSUMER.INFO.${stream}.${theirs.subscription.consumer}`,
    `$JS.ACK.${stream}.${theirs.subscription.consumer}.1.1.1.1.0`,
    `$JS.API.CONSUMER.CREATE.${stream}.mine`,
    `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.mine`,
    `$JS.API.CONSUMER.DELETE.${stream}.${consumer}`,
    `$JS.API.STREAM.MSG.GET.${stream}`,
    `$JS.API.DIRECT.GET.${stream}`,
    `$JS.API.STREAM.INFO.${stream}`,
    '$JS.API.STREAM.INFO.OUTPUT',
    '$JS.API.STREAM.INFO.WORK',
    '$JS.API.STREAM.CREATE.MINE',
    '$JS.API.INFO',
  ]) {
    expect([subject, await isRefused(await connectAs(made), subject)]).toEqual([subject, true])
  }
  for (const subject of ['slipway.>', '>', '_INBOX.>', `${theirs.subscription.inboxPrefix}.>`, '$JS.>']) {
    const connection = await connectAs(made)
    const refused = new Promise((resolve) => {
      connection.subscribe(subject, { callback: (error) => void (error && resolve(true)) })
    })
    expect([subject, await refused]).toEqual([subject, true])
  }
  const manager = jetstreamManager(await connectAs(made))
  await expect(manager).rejects.toThrow()
})

test('the credentials expire by themselves', async () => {
  const made = await subscribe({ expiresInSeconds: 2 })
  const connection = await connectAs(made)
  const closed = await connection.closed()
  expect(String(closed)).toMatch(/expired/i)
  // The server counts whole seconds: within the last one a new connection is let in and closed again.
  const again = () => connectAs(made).then(() => 'connected', String)
  await expect.poll(again, { interval: 200, timeout: 5_000 }).toMatch(/authorization|expired/i)
})

test('they never outlive the token that asked', async () => {
  const { json } = await gateway.rest('POST', '/tokens', {
    token: gateway.admin,
    body: { name: 'short', expiresInHours: 1 },
  })
  const { subscription } = await subscribe({ expiresInSeconds: 86_400 }, json.secret)
  expect(subscription.expiresInSeconds).toBeLessThanOrEqual(3_600)
})

test('a subscription ends with the membership of its owner', async () => {
  const reader = await gateway.person('reader', { [project]: 'viewer' })
  const made = await subscribe({}, reader.token)
  const connection = await connectAs(made)
  expect((await jetstreamInfo(connection, made)).name).toBe(made.subscription.consumer)
  await gateway.rest('DELETE', `/projects/${project}/members/${reader.id}`, { token: gateway.admin })
  await expect(jetstreamInfo(connection, made)).rejects.toThrow()
  expect(await rowsOf(made)).toBe(0)
})

test('only its owner and operators delete a subscription', async () => {
  const one = await gateway.person('one', { [project]: 'viewer' })
  const two = await gateway.person('two', { [project]: 'viewer' })
  const made = await subscribe({}, one.token)
  const path = `/projects/${project}/subscriptions/${made.subscription.id}`
  expect((await gateway.rest('DELETE', path, { token: two.token })).status).toBe(403)
  expect((await gateway.rest('DELETE', path, { token: one.token })).status).toBe(204)
  expect((await gateway.rest('DELETE', path, { token: one.token })).status).toBe(404)
})

async function rowsOf({ subscription }: Made): Promise<number> {
  const client = new pg.Client({ connectionString: gateway.config.foundation.databaseUrl })
  await client.connect()
  const { rows } = await client.query('SELECT id FROM api_gateway.subscriptions WHERE id = $1', [
    subscription.id,
  ])
  await client.end()
  return rows.length
}
