import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { match } from '../src/http/route.ts'
import { routes } from '../src/routes.ts'
import { putFile, putImage, sha256 } from './ask.ts'
import { shareRunning } from './running.ts'

const hex = sha256('anything')

// One path for every line of the table of routes; a new line without one fails below.
const samples = [
  ['GET', '/v2/'],
  ['GET', '/v2/registry.k8s.io/pause/manifests/v1'],
  ['PUT', '/v2/registry.k8s.io/pause/manifests/v1'],
  ['POST', '/v2/registry.k8s.io/pause/blobs/uploads/'],
  ['GET', '/v2/registry.k8s.io/pause/blobs/uploads/1'],
  ['PATCH', '/v2/registry.k8s.io/pause/blobs/uploads/1'],
  ['PUT', '/v2/registry.k8s.io/pause/blobs/uploads/1'],
  ['DELETE', '/v2/registry.k8s.io/pause/blobs/uploads/1'],
  ['GET', `/v2/registry.k8s.io/pause/blobs/sha256:${hex}`],
  ['GET', '/v2/registry.k8s.io/pause/tags/list'],
  ['GET', '/raw/kubernetes/1.36.3/kubelet'],
  ['PUT', '/raw/kubernetes/1.36.3/kubelet'],
  ['GET', '/apt/debian-12/InRelease'],
  ['GET', `/apt/debian-12/by-hash/SHA256/${hex}`],
  ['GET', '/apt/debian-12/key.asc'],
  ['GET', '/apt/debian-12/tool_1_amd64.deb'],
  ['PUT', '/apt/debian-12/tool_1_amd64.deb'],
] as const
const reads = samples.filter(([method, path]) => method === 'GET' && !path.includes('/uploads/'))
const writes = samples.filter((sample) => !reads.includes(sample))

const running = shareRunning()

beforeAll(async () => {
  await putImage(running.push, 'registry.k8s.io/pause', 'v1', randomBytes(100))
  await putFile(running.push, 'kubernetes/1.36.3/kubelet', randomBytes(100))
})

const basic = (password: string) => `Basic ${Buffer.from(`node:${password}`).toString('base64')}`
const nobody = () => running.as(undefined)

it('has a sample of every line of the table', () => {
  const found = samples.map(([method, path]) => match(routes, method, path))
  expect(found.map((one) => ('route' in one ? routes.indexOf(one.route) : -1))).toEqual(
    routes.map((_, at) => at),
  )
})

describe('nobody', () => {
  it.each(samples)('is refused %s %s, and asked for a password', async (method, path) => {
    const answer = await nobody()(method, path)
    expect(answer.status).toBe(401)
    expect(answer.headers['www-authenticate']).toBe('Basic realm="repo.slipway.internal"')
  })

  it.each(['/', '/metrics', '/v3/', '/raw/', '/../etc/passwd', '//v2/'])(
    'is not told what %s is',
    async (path) => {
      expect((await nobody()('GET', path)).status).toBe(401)
    },
  )

  it.each([
    'Bearer',
    'Bearer nonsense',
    `Bearer 019aa0c6-5a52-7000-8000-000000000000.${'a'.repeat(43)}`,
    'Basic !!!',
    basic(''),
    basic('admin'),
    'Digest username="node"',
  ])('is who sends %j', async (authorization) => {
    for (const [method, path] of [...reads, ...writes]) {
      expect((await nobody()(method, path, { headers: { authorization } })).status).toBe(401)
    }
  })

  it('is who knows only the id of a token', async () => {
    const id = running.pushToken.slice(0, 36)
    const guessed = running.as(`${id}.${'a'.repeat(43)}`)
    expect((await guessed('GET', '/v2/')).status).toBe(401)
  })
})

describe('a pull token', () => {
  it.each(writes)('may not %s %s', async (method, path) => {
    const pull = running.as(await running.pullToken('all', ['v2/*', 'raw/*', 'apt/*']))
    expect((await pull(method, path)).status).toBe(403)
  })

  it.each(reads.filter(([, path]) => path !== '/v2/'))(
    'for elsewhere learns nothing from %s %s',
    async (method, path) => {
      const pull = running.as(
        await running.pullToken('elsewhere', [
          'v2/registry.k8s.io/paus',
          'raw/kubernetes/1.36.3',
          'raw/kubernetes/1.36.30/*',
          'apt/debian-13/*',
          'apt/debian-1',
        ]),
      )
      for (const verb of [method, 'HEAD']) {
        const there = await pull(verb, path)
        const missing = await pull(verb, path.replace(/pause|kubelet|debian-12/, 'missing'))
        expect(there.status).toBe(path.startsWith('/v2/') ? 403 : 404)
        expect(missing.status).toBe(there.status)
        const words = (body: Buffer) => body.toString().replaceAll(/pause|kubelet|debian-12/g, 'missing')
        expect(words(missing.body)).toBe(words(there.body))
      }
      if (path.startsWith('/v2/')) {
        expect(JSON.parse((await pull(method, path)).body.toString()).errors[0].code).toBe('DENIED')
      }
    },
  )

  it.each(reads)('that reaches it gets past the door of %s %s', async (method, path) => {
    const pull = running.as(
      await running.pullToken('reaches', [
        'v2/registry.k8s.io/*',
        'raw/kubernetes/1.36.3/*',
        'apt/debian-12/*',
      ]),
    )
    const asked = await running.push(method, path)
    expect((await pull(method, path)).status).toBe(asked.status)
  })

  it('reaches no further by dots or escapes', async () => {
    await putFile(running.push, 'other/secret', randomBytes(10))
    const pull = running.as(await running.pullToken('dots', ['raw/kubernetes/1.36.3/*']))
    for (const path of [
      '/raw/kubernetes/1.36.3/../../other/secret',
      '/raw/kubernetes/1.36.3/%2e%2e/%2e%2e/other/secret',
      '/raw/kubernetes/1.36.3/..%2f..%2fother/secret',
      '/raw/kubernetes/1.36.3/%252e%252e/secret',
    ]) {
      expect([400, 404]).toContain((await pull('GET', path)).status)
    }
  })

  it('does not reach a blob of another repository through its own', async () => {
    const layer = randomBytes(50)
    await putImage(running.push, 'private', 'v1', layer)
    const pull = running.as(await running.pullToken('own', ['v2/registry.k8s.io/pause']))
    expect((await pull('GET', `/v2/registry.k8s.io/pause/blobs/sha256:${sha256(layer)}`)).status).toBe(404)
  })

  it('is taken as Bearer and as password of any user', async () => {
    const token = await running.pullToken('basic', ['raw/kubernetes/1.36.3/*'])
    const path = '/raw/kubernetes/1.36.3/kubelet'
    expect((await running.as(token)('GET', path)).status).toBe(200)
    expect((await nobody()('GET', path, { headers: { authorization: basic(token) } })).status).toBe(200)
  })

  it('ends at once when it is revoked, which may be done twice', async () => {
    const pull = running.as(await running.pullToken('gone', ['raw/*']))
    expect((await pull('GET', '/raw/kubernetes/1.36.3/kubelet')).status).toBe(200)
    await running.rpc.manager.revokePullToken({ project: 'p', holder: 'gone' })
    await running.rpc.manager.revokePullToken({ project: 'p', holder: 'gone' })
    expect((await pull('GET', '/raw/kubernetes/1.36.3/kubelet')).status).toBe(401)
  })

  it('is not revoked from another project', async () => {
    const pull = running.as(await running.pullToken('kept', ['raw/*']))
    await running.rpc.manager.revokePullToken({ project: 'other', holder: 'kept' })
    expect((await pull('GET', '/v2/')).status).toBe(200)
  })

  it('ends when its holder is given a new one', async () => {
    const old = running.as(await running.pullToken('renewed', ['raw/*']))
    const fresh = running.as(await running.pullToken('renewed', ['raw/*']))
    expect((await old('GET', '/v2/')).status).toBe(401)
    expect((await fresh('GET', '/v2/')).status).toBe(200)
  })
})

describe('a push token', () => {
  it('may push and pull everything until it expires', async () => {
    const { token, expiresAt } = await running.rpc.gateway.createPushToken({ expiresInMinutes: 5 })
    expect(expiresAt).toBeInstanceOf(Date)
    const ask = running.as(token)
    expect((await putFile(ask, 'mine', randomBytes(10))).status).toBe(201)
    expect((await ask('GET', '/raw/mine')).status).toBe(200)
    running.later(5 * 60_000)
    expect((await ask('GET', '/raw/mine')).status).toBe(401)
    expect((await putFile(ask, 'mine', randomBytes(10))).status).toBe(401)
  })

  it.each([0, 1441])('of %i minutes is refused', async (expiresInMinutes) => {
    await expect(running.rpc.gateway.createPushToken({ expiresInMinutes })).rejects.toMatchObject({
      code: 'Invalid',
      problems: [{ field: 'expiresInMinutes' }],
    })
  })
})

describe('RepoService', () => {
  it('refuses patterns that reach too far or nothing, all together', async () => {
    const repositories = ['raw/a/*', '*', 'raw', 'raw/a*', 'etc/passwd', '../raw/a']
    const asked = running.rpc.manager.createPullToken({ project: 'p', holder: 'h', repositories })
    await expect(asked).rejects.toMatchObject({ code: 'Invalid', problems: { length: 5 } })
    const empty = running.rpc.manager.createPullToken({ project: 'p', holder: 'h', repositories: [] })
    await expect(empty).rejects.toMatchObject({ problems: [{ field: 'repositories' }] })
  })

  it('answers each method to the services that may call it and to no other', async () => {
    const denied = { code: 'Denied' }
    const pull = { project: 'p', holder: 'h', repositories: ['raw/*'] }
    await expect(running.rpc.gateway.createPullToken(pull)).rejects.toMatchObject(denied)
    await expect(running.rpc.gateway.revokePullToken(pull)).rejects.toMatchObject(denied)
    await expect(running.rpc.gateway.listReleases({})).rejects.toMatchObject(denied)
    await expect(running.rpc.manager.createPushToken({ expiresInMinutes: 1 })).rejects.toMatchObject(denied)
  })

  it('says where nodes and people find it', async () => {
    const endpoint = await running.rpc.manager.getEndpoint({})
    expect(endpoint).toMatchObject({
      baseUrl: running.url,
      name: 'repo.slipway.internal',
      addresses: ['127.0.0.1'],
      port: Number(new URL(running.url).port),
    })
    expect(endpoint.ca).toContain('BEGIN CERTIFICATE')
    expect(endpoint.aptKey).toContain('BEGIN PGP PUBLIC KEY BLOCK')
  })
})
