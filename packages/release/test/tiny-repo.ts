import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { openSite } from './site.ts'

/** The smallest thing that takes pushes and gives pulls: what is put under a path is kept there, blobs by digest. */
export async function openTinyRepo({ token, pullToken }: { token?: string; pullToken?: string } = {}) {
  const kept = new Map<string, { body: Buffer; type: string }>()
  const puts: string[] = []
  const site = await openSite(async (request, response) => {
    const url = new URL(request.url ?? '', 'https://localhost')
    const body = await buffer(request)
    const said = request.headers.authorization
    if (url.pathname === '/token') return response.end(JSON.stringify({ token: pullToken }))
    if (pullToken && said !== `Bearer ${pullToken}`) {
      const challenge = `Bearer realm="${site.url}/token",service="tiny",scope="repository:tool:pull"`
      return response.writeHead(401, { 'www-authenticate': challenge }).end()
    }
    if (token && said !== `Bearer ${token}`) return response.writeHead(401).end()
    if (request.method === 'POST') return response.writeHead(202, { location: `${url.pathname}42` }).end()
    const digest = url.searchParams.get('digest')
    const path = digest
      ? `${url.pathname.replace(/uploads\/42$/, '')}${digest}`
      : decodeURIComponent(url.pathname)
    if (request.method === 'PUT') {
      puts.push(path)
      kept.set(path, { body, type: request.headers['content-type'] ?? '' })
      return response.writeHead(201).end()
    }
    const found = kept.get(path)
    if (!found) return response.writeHead(404).end()
    const sha256 = createHash('sha256').update(found.body).digest('hex')
    const headers = {
      'content-type': found.type,
      'x-slipway-sha256': sha256,
      'docker-content-digest': `sha256:${sha256}`,
    }
    response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : found.body)
  })
  return { ...site, kept, puts }
}
