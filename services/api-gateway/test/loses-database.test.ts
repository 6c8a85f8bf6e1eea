import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { methods } from '@slipway/contracts'
import { openDatabase, provision } from '@slipway/database'
import { freePort, ownerOf, type PostgresServer, startPostgres } from '@slipway/embedded'
import { toSlipwayError } from '@slipway/errors'
import { databaseRoles, foundationOf } from '@slipway/install'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PrismaClient } from '../src/gen/prisma/client.ts'
import { openIdentityStore } from '../src/identity/store.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { grpcClient } from './grpc-client.ts'
import { type Manager, startManager } from './manager.ts'

let gateway: Gateway
let manager: Manager
let postgres: PostgresServer
let project: string
let startAgain: () => Promise<PostgresServer>

beforeAll(async () => {
  gateway = await startGateway(async (usual, platform) => {
    const { dir, install, natsUrl } = platform
    const server = {
      dir: join(dir, 'to-be-lost'),
      password: randomBytes(16).toString('hex'),
      port: await freePort(),
      owner: await ownerOf('slipway'),
      durable: false,
    }
    startAgain = () => startPostgres(server)
    postgres = await startAgain()
    await provision(postgres.url, databaseRoles(install))
    const at = { databaseUrl: postgres.url, natsUrl, logLevel: 'silent' }
    manager = await startManager(platform, usual, at)
    return {
      ...usual,
      foundation: foundationOf(install, 'api-gateway', at),
      upstreams: { ...usual.upstreams, clusterManager: manager.address },
    }
  })
  project = await gateway.project('mine')
})
afterAll(async () => {
  await gateway.gateway.stop()
  await manager.stop()
  await postgres.stop()
  await gateway.stop()
})

const me = () => gateway.rest('GET', '/me', { token: gateway.admin })
const hosts = () => gateway.rest('GET', `/projects/${project}/hosts`, { token: gateway.admin })
const make = (name: string) => gateway.rest('POST', '/users', { token: gateway.admin, body: { name } })

test('while PostgreSQL is away callers are told so and when to come again, and when it is back everything goes on', async () => {
  const grpc = grpcClient(gateway.grpc, gateway.ca)
  const method = methods['slipway.identity.v1.IdentityService/WhoAmI']
  if (!method) throw new Error('no method')
  for (const round of ['first', 'second']) {
    expect([(await me()).status, (await hosts()).status]).toEqual([200, 200])
    const [, ...under] = await Promise.all([postgres.stop(), ...Array.from({ length: 20 }, me)])
    expect(under.map(({ status }) => status).filter((status) => status !== 200 && status !== 503)).toEqual([])
    const [read, changed, ready, byGrpc] = await Promise.all([
      me(),
      make(round),
      gateway.rest('GET', '/readyz'),
      grpc.call(method, {}, { token: gateway.admin }),
    ])
    for (const { status, headers, json } of [read, changed, ready]) {
      expect([status, json.code, headers['retry-after']], json.detail).toEqual([503, 'Unavailable', '1'])
      expect(json.problems).toMatchObject([{ field: 'database', message: 'The database does not answer.' }])
    }
    expect([byGrpc.code, byGrpc.error?.code]).toEqual([14, 'Unavailable'])
    postgres = await startAgain()
    expect((await me()).status).toBe(200)
    expect((await make(round)).status).toBe(201)
    expect((await gateway.rest('GET', '/readyz')).status).toBe(200)
    expect([(await hosts()).status, manager.hasEnded()]).toEqual([200, false])
  }
  grpc.close()
})

test('a change in a transaction says so too, and is not made', async () => {
  const { databaseUrl: url } = gateway.config.foundation
  const db = openDatabase(PrismaClient, { url, schema: 'api_gateway', max: 1 })
  const store = openIdentityStore(db, () => {})
  const change = () => store.updateUser('nobody', { enabled: false }, new Date())
  expect(await change()).toBe('missing')
  await postgres.stop()
  const refused = await change().catch(toSlipwayError)
  expect(refused).toMatchObject({ code: 'Unavailable', message: 'The database does not answer.' })
  postgres = await startAgain()
  expect(await change()).toBe('missing')
  await db.$disconnect()
})
