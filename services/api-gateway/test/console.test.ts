import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Gateway, startGateway } from './gateway.ts'

const PAGE =
  '<!doctype html><script nonce="__NONCE__" src="/assets/app-1.js"></script><div nonce="__NONCE__">'
const SCRIPT = 'console.log("the console")'
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway(async (usual, platform) => {
    const consoleDir = join(platform.dir, 'console')
    await mkdir(join(consoleDir, 'assets'), { recursive: true })
    await writeFile(join(consoleDir, 'index.html'), PAGE)
    await writeFile(join(consoleDir, 'assets/app-1.js'), SCRIPT)
    await writeFile(join(consoleDir, 'assets/app-1.js.gz'), gzipSync(SCRIPT))
    await writeFile(join(platform.dir, 'secret'), 'a secret')
    await writeFile(join(consoleDir, 'beside'), 'a secret')
    return { ...usual, consoleDir }
  })
})
afterAll(() => gateway.stop())

/** Asks for a path exactly as it stands: clients tidy `..` away before they ask. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { hostname, port } = new URL(gateway.gateway.addresses.rest ?? '')
  type Answer = { status: number; headers: Record<string, string | undefined>; body: Buffer }
  return new Promise<Answer>((resolve, reject) => {
    const call = request(
      { hostname, port, path, method, headers, ca: gateway.ca, agent: false },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.once('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers as Answer['headers'],
            body: Buffer.concat(chunks),
          }),
        )
      },
    )
    call.once('error', reject).end()
  })
}

/** The sources that the policy names for each kind. */
function policyOf(headers: Record<string, string | undefined>): Record<string, string[]> {
  const parts = (headers['content-security-policy'] ?? '').split(';').map((part) => part.trim().split(/ +/))
  return Object.fromEntries(parts.map(([kind = '', ...sources]) => [kind, sources]))
}

test('a browser gets the page at every address outside of the API, fresh each time', async () => {
  for (const path of ['/', '/sign-in', '/projects/1/clusters?search=a', '/apis', '/assets', '/.env']) {
    const { status, headers, body } = await ask(path, HTML)
    expect([path, status, headers['content-type'], headers['cache-control']]).toEqual([
      path,
      200,
      'text/html; charset=utf-8',
      'no-cache',
    ])
    expect(body.toString()).toContain('/assets/app-1.js')
  }
})

test('the policy allows nothing from elsewhere and nothing inline but what carries the nonce of this very answer', async () => {
  const answers = [await ask('/', HTML), await ask('/', HTML)]
  const nonces = answers.map(({ body }) => /nonce="([^"]+)" src/.exec(body.toString())?.[1])
  expect(new Set(nonces).size).toBe(2)
  for (const [at, { headers, body }] of answers.entries()) {
    expect(body.toString()).not.toContain('__NONCE__')
    expect(body.toString().split(`nonce="${nonces[at]}"`)).toHaveLength(3)
    const policy = policyOf(headers)
    expect(policy).toMatchObject({
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'", `'nonce-${nonces[at]}'`],
      'connect-src': ["'self'"],
      'base-uri': ["'none'"],
      'frame-ancestors': ["'none'"],
    })
    const allowed = new Set(Object.values(policy).flat())
    allowed.delete(`'nonce-${nonces[at]}'`)
    expect([...allowed].sort()).toEqual(["'none'", "'self'", 'data:'])
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': expect.stringContaining('max-age='),
    })
  }
})

test('files whose names change with what is in them are kept for a year, compressed where the browser reads that', async () => {
  const plain = await ask('/assets/app-1.js')
  expect([plain.status, plain.body.toString()]).toEqual([200, SCRIPT])
  expect(plain.headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'content-type': 'application/javascript; charset=utf-8',
  })
  const packed = await ask('/assets/app-1.js', { 'accept-encoding': 'gzip, br' })
  expect(packed.body.equals(gzipSync(SCRIPT))).toBe(true)
  expect(packed.headers).toMatchObject({
    'content-encoding': 'gzip',
    'content-type': 'application/javascript; charset=utf-8',
    vary: expect.stringMatching(/accept-encoding/i),
  })
})

test('nothing of the API is answered with the page, whatever a browser accepts', async () => {
  for (const path of ['/api', '/api/', '/api/v1', '/api/v1/nothing', '/api/v2/me', '/api?x']) {
    const { status, headers, body } = await ask(path, HTML)
    expect([path, status, headers['content-type']]).toEqual([
      path,
      404,
      'application/problem+json; charset=utf-8',
    ])
    expect(JSON.parse(body.toString())).toMatchObject({ code: 'NotFound' })
  }
  const me = await ask('/api/v1/me', HTML)
  expect([me.status, me.headers['content-type']]).toEqual([401, 'application/problem+json; charset=utf-8'])
  expect(JSON.parse((await ask('/healthz', HTML)).body.toString())).toEqual({ status: 'ok' })
})

test('what is no page and no file is not found, for programs and for browsers', async () => {
  const asked: [string, Record<string, string>, string?][] = [
    ['/sign-in', {}],
    ['/sign-in', { accept: 'application/json' }],
    ['/sign-in', HTML, 'POST'],
    ['/assets/gone-1.js', HTML],
    ['/assets/', HTML],
    ['/assets/app-1.js', {}, 'DELETE'],
  ]
  for (const [path, headers, method] of asked) {
    const answer = await ask(path, headers, method)
    expect([path, method, answer.status]).toEqual([path, method, 404])
  }
})

test('no path leads out of the folder of files', async () => {
  expect(await readFile(join(gateway.platform.dir, 'secret'), 'utf8')).toBe('a secret')
  const ways = [
    '/assets/../beside',
    '/assets/../../secret',
    '/assets/%2e%2e/beside',
    '/assets/..%2fbeside',
    '/assets/..%2f..%2fsecret',
    '/assets/..%5cbeside',
    '/assets/....//beside',
    '/assets//../beside',
    '/assets/%00/../../beside',
    `/assets/${join(gateway.platform.dir, 'secret')}`,
    '/../secret',
    '/beside',
  ]
  for (const path of ways) {
    for (const headers of [{}, HTML]) {
      const { status, body } = await ask(path, headers)
      expect([path, body.toString().includes('a secret')]).toEqual([path, false])
      if (status === 200)
        expect([path, body.toString()]).toEqual([path, expect.stringContaining('<!doctype')])
    }
  }
})

test('a gateway without a console answers pages as it answers all that is not there', async () => {
  const bare = await startGateway()
  try {
    const { status, headers } = await bare.rest('GET', '/api/../sign-in', { headers: HTML })
    expect([status, headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8'])
  } finally {
    await bare.stop()
  }
})
