import { homedir } from 'node:os'
import { join } from 'node:path'
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
  const [refused, ready, changed] = await Promise.all([
    subscribe(),
    gateway.rest('GET', '/readyz'),
    ask('PATCH', `/projects/${project}`, { description: 'changed meanwhile' }),
  ])
  expect([refused.status, refused.json.code, refused.headers['retry-after']]).toEqual([
    503,
    'Unavailable',
    '1',
  ])
  expect(refused.json.problems).toMatchObject([{ field: 'nats', message: 'NATS does not answer.' }])
  expect([ready.status, changed.status]).toEqual([503, 200])

  nats = await startAgain()
  await expect.poll(async () => (await subscribe()).status, { timeout: 30_000 }).toBe(201)
  await expect.poll(async () => (await gateway.rest('GET', '/readyz')).status, { timeout: 30_000 }).toBe(200)
})
