import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import { connect as connectTcp, type Socket } from 'node:net'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js'
import { type Bus, openBus } from '@slipway/bus'
import { environmentOf, renewCertificates, type ServiceName } from '@slipway/install'
import { type Client, connect, type Tls } from '@slipway/rpc'
import type { Service } from '@slipway/service'
import { type Platform, startPlatform } from '@slipway/testing'
import { service as health } from 'grpc-health-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { repeat } from '../../test/repeat.ts'
import { openers } from './up.ts'

const DAY_MS = 86_400_000
const anywhere = '127.0.0.1:0'
const nobody = '127.0.0.1:1'

let platform: Platform
let tls: Tls
let rest: string
let repo: string
/** gRPC doors by the name in their certificate. */
let grpc: { 'api-gateway': string; 'repo-proxy': string }
const closes: (() => unknown)[] = []

beforeAll(async () => {
  // Valid still, in the last third of their life.
  platform = await startPlatform({ madeAt: Date.now() - 300 * DAY_MS })
  closes.push(platform.stop)
  const { addresses: proxy } = await open('repo-proxy', {
    SLIPWAY_REPO_LISTEN: anywhere,
    SLIPWAY_REPO_DIR: join(platform.dir, 'repo'),
  })
  const { addresses: gateway } = await open('api-gateway', {
    SLIPWAY_REST_LISTEN: anywhere,
    SLIPWAY_GRPC_LISTEN: anywhere,
    SLIPWAY_CLUSTER_MANAGER: nobody,
    SLIPWAY_ANSIBLE_RUNNER: nobody,
    SLIPWAY_REPO_PROXY: proxy.rpc ?? '',
    SLIPWAY_NATS_ACCOUNT_SEED: platform.install.natsAccountSeedFile,
    SLIPWAY_ENROLMENT_FILE: join(platform.dir, 'first-administrator'),
  })
  tls = await platform.tlsOf('api-gateway')
  rest = `${gateway.rest}/api/v1`
  repo = `https://${proxy.repo}`
  grpc = { 'api-gateway': gateway.grpc ?? '', 'repo-proxy': proxy.rpc ?? '' }
})
afterAll(async () => {
  for (const close of closes.splice(0).reverse()) await close()
})

test('every door shows a renewed certificate without a restart, a failed call or a cut connection', async () => {
  const calls = await everyKindOfCall()
  const rounds = repeat(calls)
  closes.push(rounds.end)
  await rounds.more()
  const before = await shown()
  expect(before).toEqual(await onDisk())

  expect(await renewCertificates(platform.install.certificates, Date.now())).toHaveLength(5)
  const renewed = await onDisk()
  for (const [door, serial] of Object.entries(renewed)) expect(serial).not.toBe(before[door])
  await expect.poll(shown, { timeout: 30_000, interval: 200 }).toEqual(renewed)
  await rounds.more()
  expect(await rounds.end()).toEqual([])
})

/** What is called again and again: over a connection that stays, and over one of its own. */
async function everyKindOfCall(): Promise<Record<string, () => Promise<unknown>>> {
  const code = (await readFile(join(platform.dir, 'first-administrator'), 'utf8')).trim()
  const { secret } = await ask(`${rest}/enrolments`, { body: { code } })
  const { token } = await ask(`${rest}/repository/push-tokens`, {
    token: secret,
    body: { expiresInMinutes: 60 },
  })
  const bus = await openBus({ ...platform.foundation('api-gateway').nats, name: 'api-gateway' })
  closes.push(bus.close)
  return {
    // Through the gateway and over its own connection to repo-proxy.
    'REST, kept': askOnOne(`${rest}/repository`, secret),
    'REST, new': () => ask(`${rest}/repository`, { token: secret }),
    'repo-proxy, kept': askOnOne(`${repo}/v2/`, token),
    'repo-proxy, new': () => ask(`${repo}/v2/`, { token }),
    'public gRPC, kept': checkOnOne('api-gateway'),
    'public gRPC, new': () => check('api-gateway'),
    'inside gRPC, kept': checkOnOne('repo-proxy'),
    'inside gRPC, new': () => check('repo-proxy'),
    'NATS, kept': infoOnOne(bus),
    'NATS, new': async () => {
      const own = await openBus({ ...platform.foundation('repo-proxy').nats, name: 'repo-proxy' })
      await own.close()
    },
  }
}

/** Sends JSON, or asks. With an agent the connection has to be one that it had. */
async function ask(
  url: string,
  sent: { token?: string; body?: unknown; agent?: Agent; known?: boolean } = {},
) {
  const { token, body, agent, known } = sent
  const call = request(url, {
    ca: tls.ca,
    agent: agent ?? false,
    method: body ? 'POST' : 'GET',
    headers: {
      'content-type': 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
  }).end(body ? JSON.stringify(body) : undefined)
  const [answer] = await once(call, 'response')
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  const said = (await json(answer)) as any
  if (answer.statusCode >= 300) throw new Error(`${url} answered ${answer.statusCode}`)
  if (known && !call.reusedSocket) throw new Error(`the connection to ${url} was cut`)
  return said
}

function askOnOne(url: string, token: string): () => Promise<unknown> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  closes.push(() => agent.destroy())
  let known = false
  return async () => {
    await ask(url, { token, agent, known })
    known = true
  }
}

const checkHealth = health.Check as MethodDefinition<unknown, unknown>
const watchHealth = health.Watch as MethodDefinition<unknown, unknown>

function grpcClient(service: keyof typeof grpc): Client<object> {
  return connect(health as ServiceDefinition, { address: grpc[service], service, tls })
}

async function check(service: keyof typeof grpc): Promise<void> {
  const client = grpcClient(service)
  await client.call(checkHealth, { service: '' })
  client.close()
}

/** Calls on a connection that also carries a stream, which ends if it is cut. */
function checkOnOne(service: keyof typeof grpc): () => Promise<unknown> {
  const client = grpcClient(service)
  const ending = new AbortController()
  closes.push(client.close, () => ending.abort())
  let cut: unknown
  const watch = async () => {
    for await (const _ of client.stream(watchHealth, { service: '' }, { signal: ending.signal }));
  }
  watch().then(
    () => {
      cut = new Error('the stream has ended')
    },
    (error) => {
      cut = error
    },
  )
  return async () => {
    await client.call(checkHealth, { service: '' })
    if (cut) throw cut
  }
}

function infoOnOne(bus: Bus): () => Promise<unknown> {
  let cut = false
  const watch = async () => {
    for await (const { type } of bus.connection.status()) if (type === 'disconnect') cut = true
  }
  void watch()
  return async () => {
    await bus.manager.streams.info('EVENTS')
    if (cut) throw new Error('NATS cut the connection')
  }
}

/** Serial numbers that the doors show to who connects now. */
async function shown(): Promise<Record<string, string>> {
  const nats = connectTcp(Number(new URL(platform.natsUrl).port), '127.0.0.1')
  // NATS says who it is before it speaks TLS.
  await once(nats, 'data')
  return {
    rest: await serialAt(new URL(rest).host),
    repo: await serialAt(new URL(repo).host),
    publicGrpc: await serialAt(grpc['api-gateway']),
    insideGrpc: await serialAt(grpc['repo-proxy']),
    nats: await serialAt(nats),
  }
}

async function serialAt(door: string | Socket): Promise<string> {
  const { ca, cert, key } = tls
  const port = typeof door === 'string' ? Number(door.split(':').at(-1)) : undefined
  const to = typeof door === 'string' ? { port, host: '127.0.0.1' } : { socket: door }
  const socket = connectTls({
    ...to,
    ca,
    cert,
    key,
    servername: 'localhost',
    ALPNProtocols: ['h2', 'http/1.1'],
  })
  await once(socket, 'secureConnect')
  const { serialNumber } = socket.getPeerCertificate()
  socket.destroy()
  return serialNumber
}

async function onDisk(): Promise<Record<string, string>> {
  const serial = async (holder: string) => {
    const file = join(platform.install.dir, 'keys', `${holder}.cert.pem`)
    return new X509Certificate(await readFile(file)).serialNumber
  }
  const [gateway, proxy, nats] = await Promise.all(['api-gateway', 'repo-proxy', 'nats'].map(serial))
  const all = { rest: gateway, repo: proxy, publicGrpc: gateway, insideGrpc: proxy, nats }
  return all as Record<string, string>
}

async function open(name: ServiceName, more: Record<string, string>): Promise<Service> {
  const { install, databaseUrl, natsUrl } = platform
  const at = { databaseUrl, natsUrl, logLevel: 'warn' }
  const service = await openers[name]({ ...environmentOf(install, name, at), ...more })
  closes.push(service.stop)
  return service
}
