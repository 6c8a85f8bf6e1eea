import { type HostServiceServer, HostServiceService } from '@slipway/contracts/host/v1/host_service'
import { createAuthority, issue } from '@slipway/secrets'
import { createLog } from '@slipway/telemetry'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, connect } from './client.ts'
import { implement, type RpcServer, serve } from './server.ts'
import type { Tls } from './tls.ts'

let tlsOf: (name: string) => Promise<Tls>
let client: Client<HostServiceServer>
const replicas: RpcServer[] = []
const answered = [0, 0]

beforeAll(async () => {
  const authority = await createAuthority('test', Date.now())
  tlsOf = async (name) => ({
    ...(await issue(authority, name, {}, Date.now())),
    ca: authority.cert,
    onRenewed: () => () => {},
  })
  for (const number of answered.keys()) replicas.push(await replica(number))
  const address = `ipv4:${replicas.map((one) => one.address).join(',')}`
  const to = { address, service: 'cluster-manager', tls: await tlsOf('api-gateway') }
  client = connect<HostServiceServer>(HostServiceService, to)
})
afterAll(async () => {
  client.close()
  for (const { stop } of replicas) await stop()
})

test('calls go to every replica in turn', async () => {
  await expect.poll(calledBoth, { timeout: 20_000 }).toBe(true)
  answered.fill(0)
  for (let times = 0; times < 10; times++) await call()
  expect(answered).toEqual([5, 5])
})

test('calls are answered by the others while one is away, and by it when it is back', async () => {
  await expect.poll(calledBoth, { timeout: 20_000 }).toBe(true)
  const [first] = replicas
  await first?.stop()
  answered.fill(0)
  for (let times = 0; times < 10; times++) await call()
  expect(answered).toEqual([0, 10])
  replicas[0] = await replica(0, first?.address)
  await expect.poll(calledBoth, { timeout: 20_000 }).toBe(true)
})

async function calledBoth(): Promise<boolean> {
  await call()
  return answered.every((count) => count > 0)
}

function call(): Promise<unknown> {
  return client.listHosts({
    ...{ project: 'p', pageSize: 1, pageToken: '', state: '', search: '' },
    ...{ tag: '', cluster: '', orderBy: '' },
  })
}

async function replica(number: number, listen = '127.0.0.1:0'): Promise<RpcServer> {
  const handlers = {
    listHosts: async () => {
      answered[number] = (answered[number] ?? 0) + 1
      return { hosts: [], nextPageToken: '' }
    },
  }
  return serve({
    listen,
    tls: await tlsOf('cluster-manager'),
    services: [implement<HostServiceServer>(HostServiceService, handlers)],
    log: createLog('test', 'silent'),
  })
}
