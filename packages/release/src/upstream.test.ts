import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openSite, scratch } from '../test/site.ts'
import { sha256 } from './digest.ts'
import { upstreamEnvironment } from './environment.ts'
import { openUpstream } from './upstream.ts'

const { signal } = new AbortController()

test('downloads go through the proxy that the operator names', async () => {
  const site = await openSite((_request, response) => response.end('program'))
  const proxy = await openProxy()
  const upstream = await open({ ...site.env, HTTPS_PROXY: proxy.url })
  const file = join(await scratch(), 'file')
  expect(await upstream.download(`${site.url}/tool`, file)).toEqual({ sha256: sha256('program'), bytes: 7 })
  expect(proxy.tunnels).toEqual([site.host])
})

test('a site with a certificate of an unknown CA is not reached', async () => {
  const site = await openSite((_request, response) => response.end('program'))
  const upstream = await open({})
  expect(await upstream.isReachable(site.url)).toBe(false)
  await expect(upstream.text(site.url)).rejects.toMatchObject({ code: 'Unavailable' })
})

test('a site is probed once in a run', async () => {
  let probes = 0
  const site = await openSite((_request, response) => {
    probes += 1
    response.end()
  })
  const upstream = await open(site.env)
  const asked = ['/one', '/two', '/three'].map((path) => upstream.isReachable(`${site.url}${path}`))
  expect(await Promise.all(asked)).toEqual([true, true, true])
  expect(probes).toBe(1)
})

test('a token is not carried over to the site that a redirect leads to', async () => {
  const seen: (string | undefined)[] = []
  const store = await openSite((request, response) => {
    seen.push(request.headers.authorization)
    response.end('blob')
  })
  const site = await openSite((request, response) => {
    seen.push(request.headers.authorization)
    response.writeHead(307, { location: `${store.url}/blob` }).end()
  })
  const both = await openUpstreamTrusting([site.ca, store.ca])
  expect(await both.text(site.url, { authorization: 'Bearer secret' })).toBe('blob')
  expect(seen).toEqual(['Bearer secret', undefined])
})

test('only what concerns upstreams is taken from an environment, proxies in both spellings', () => {
  expect(
    upstreamEnvironment({ https_proxy: 'http://p:1', GOPROXY: '', SECRET: 'x', SSL_CERT_FILE: '/ca' }),
  ).toEqual({
    HTTPS_PROXY: 'http://p:1',
    https_proxy: 'http://p:1',
    SSL_CERT_FILE: '/ca',
  })
})

async function open(env: Record<string, string>) {
  const upstream = await openUpstream(upstreamEnvironment(env), signal)
  onTestFinished(() => upstream.close())
  return upstream
}

async function openUpstreamTrusting(cas: string[]) {
  const file = join(await scratch(), 'cas.pem')
  await writeFile(file, cas.join('\n'))
  return open({ SSL_CERT_FILE: file })
}

/** A proxy that tunnels and remembers where to. */
async function openProxy() {
  const tunnels: string[] = []
  const server = createServer()
  server.on('connect', (request, socket) => {
    tunnels.push(request.url ?? '')
    const [host = '', port = ''] = (request.url ?? '').split(':')
    const beyond = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      socket.pipe(beyond).pipe(socket)
    })
    beyond.on('error', () => socket.destroy())
    socket.on('error', () => beyond.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tunnels }
}
