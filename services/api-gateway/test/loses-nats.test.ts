import { homedir } from 'node:os'
import { join } from 'node:path'
import { followSubject, openBus, readEvent } from '@slipway/bus'
import { freePort, type NatsServer, startNats } from '@slipway/embedded'
import { foundationOf } from '@slipway/install'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Gateway, startGateway } from './gateway.ts'

let gateway: Gateway
let nats: NatsServer
let startAgain: () => Promise<NatsServer>
let project: string

beforeAll(async () => {
  gateway = await startGateway(async (usual, { dir, install, databaseUrl }) => {
    const server = {
      program: join(process.env.SLIPWAY_CACHE ?? join(homedir(), '.cache/slipway'), 'bin/nats-server'),
      dir: join(dir, 'to-be-lost'),
      settings: install.natsSettings,
      port: await freePort(),
      tls: { onRenewed: () => () => {} },
    }
    startAgain = () => startNats(server)
    nats = await startAgain()
    const at = { databaseUrl, natsUrl: nats.url, logLevel: 'silent' }
    return { ...usual, foundation: foundationOf(install, 'api-gateway', at) }
  })
  project = await gateway.project('mine')
})
afterAll(async () => {
  await gateway.gateway.stop()
  await nats.stop()
  await gateway.stop()
})

const ask = (verb: string, path: string, body?: object) =>
  gateway.rest(verb, path, { token: gateway.admin, ...(body ? { body } : {}) })
const subscribe = () => ask('POST', `/projects/${project}/subscriptions`, { expiresInSeconds: 600 })

test('while NATS is away what needs it says so and when to come again, all else goes on, and when it is back everything does', async () => {
  expect((await subscribe()).status).toBe(201)
  await nats.stop()
  const [refused, changed] = await Promise.all([
    subscribe(),
    ask('PATCH', `/projects/${project}`, { description: 'changed meanwhile' }),
  ])
  expect([refused.status, refused.json.code, refused.headers['retry-after']]).toEqual([
    503,
    'Unavailable',
    '1',
  ])
  expect(refused.json.problems).toMatchObject([{ field: 'nats', message: 'NATS does not answer.' }])
  expect(changed.status).toBe(200)

  nats = await startAgain()
  await expect.poll(async () => (await subscribe()).status, { timeout: 30_000 }).toBe(201)
  const done = new AbortController()
  const bus = await openBus({ ...gateway.config.foundation.nats, name: 'api-gateway' })
  const heard: string[] = []
  for await (const body of followSubject(bus, 'EVENTS', `slipway.evt.${project}.>`, done.signal)) {
    if (heard.push(readEvent(body).fact) === 2) done.abort()
  }
  expect(heard).toEqual(['created', 'updated'])
  await bus.close()
})
