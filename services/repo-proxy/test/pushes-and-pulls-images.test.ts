import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { manifestOf, putImage, type Reply, sha256 } from './ask.ts'
import { shareRunning } from './running.ts'

const OCI = 'application/vnd.oci.image.manifest.v1+json'
const INDEX = 'application/vnd.oci.image.index.v1+json'
const layer = randomBytes(400_000)
const digest = `sha256:${sha256(layer)}`
const running = shareRunning()

const codes = ({ body }: Reply): string[] =>
  JSON.parse(body.toString()).errors.map(({ code }: { code: string }) => code)

describe('images', () => {
  it('come back by tag and by digest under names with dots and slashes, as containerd asks for them', async () => {
    const name = 'registry.k8s.io/coredns/coredns'
    const image = await putImage(running.push, name, 'v1.14.2', layer)
    expect(image.reply.status).toBe(201)
    expect(image.reply.headers['docker-content-digest']).toBe(image.digest)
    for (const reference of ['v1.14.2', image.digest]) {
      const got = await running.push('GET', `/v2/${name}/manifests/${reference}?ns=registry.k8s.io`)
      expect(got.status).toBe(200)
      expect(got.headers).toMatchObject({ 'content-type': OCI, 'docker-content-digest': image.digest })
      expect(got.body.equals(image.manifest)).toBe(true)
    }
    const blob = await running.push('GET', `/v2/${name}/blobs/${digest}?ns=registry.k8s.io`)
    expect(blob.body.equals(layer)).toBe(true)
  })

  it('answer HEAD with digest, type and length, and blobs in parts', async () => {
    const { manifest, digest: of } = await putImage(running.push, 'heads', 'v1', layer)
    const head = await running.push('HEAD', '/v2/heads/manifests/v1')
    expect(head.headers).toMatchObject({
      'docker-content-digest': of,
      'content-type': OCI,
      'content-length': String(manifest.length),
    })
    expect((await running.push('HEAD', `/v2/heads/blobs/${digest}`)).headers['content-length']).toBe('400000')
    const part = await running.push('GET', `/v2/heads/blobs/${digest}`, {
      headers: { range: 'bytes=100-199' },
    })
    expect([part.status, part.body.equals(layer.subarray(100, 200))]).toEqual([206, true])
  })

  it('are not answered in a type that the client does not read', async () => {
    await putImage(running.push, 'typed', 'v1', layer)
    const accept = (types: string) =>
      running.push('GET', '/v2/typed/manifests/v1', { headers: { accept: types } })
    expect(codes(await accept('application/vnd.docker.distribution.manifest.v2+json'))).toEqual([
      'MANIFEST_UNKNOWN',
    ])
    expect((await accept(`text/html, ${OCI};q=0.9`)).status).toBe(200)
    expect((await accept('*/*')).status).toBe(200)
  })

  it('move a tag to what was pushed last, and keep the older by digest', async () => {
    const old = await putImage(running.push, 'moves', 'v1', layer)
    const next = await putImage(running.push, 'moves', 'v1', randomBytes(10))
    expect((await running.push('HEAD', '/v2/moves/manifests/v1')).headers['docker-content-digest']).toBe(
      next.digest,
    )
    expect((await running.push('HEAD', `/v2/moves/manifests/${old.digest}`)).status).toBe(200)
  })

  it('may be indexes over images that were pushed', async () => {
    const image = await putImage(running.push, 'many', 'amd64', layer)
    const entry = { mediaType: OCI, digest: image.digest, size: image.manifest.length }
    const put = (manifests: object[]) =>
      running.push('PUT', '/v2/many/manifests/v1', {
        body: Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests })),
        headers: { 'content-type': INDEX },
      })
    expect((await put([entry])).status).toBe(201)
    const unknown = { ...entry, digest: `sha256:${sha256('none')}` }
    expect(codes(await put([entry, unknown]))).toEqual(['MANIFEST_BLOB_UNKNOWN'])
  })

  it('are refused while parts are missing, naming each, and with a wrong size', async () => {
    const config = Buffer.from('{}')
    const put = (body: Buffer) =>
      running.push('PUT', '/v2/partial/manifests/v1', { body, headers: { 'content-type': OCI } })
    expect(codes(await put(manifestOf(OCI, config, layer)))).toEqual([
      'MANIFEST_BLOB_UNKNOWN',
      'MANIFEST_BLOB_UNKNOWN',
    ])
    for (const blob of [config, layer]) {
      await running.push('POST', `/v2/partial/blobs/uploads/?digest=sha256:${sha256(blob)}`, { body: blob })
    }
    const lying = manifestOf(OCI, config, layer).toString().replace('"size":400000', '"size":400001')
    expect(codes(await put(Buffer.from(lying)))).toEqual(['MANIFEST_BLOB_UNKNOWN'])
    expect((await running.push('HEAD', '/v2/partial/manifests/v1')).status).toBe(404)
  })

  it.each([
    ['no JSON', OCI, '{'],
    ['an old schema', OCI, '{"schemaVersion":1}'],
    ['a type that is not an image', 'text/plain', '{"schemaVersion":2,"layers":[]}'],
    ['two types', INDEX, `{"schemaVersion":2,"mediaType":"${OCI}","layers":[]}`],
  ])('are refused as %s', async (_, type, body) => {
    const put = await running.push('PUT', '/v2/odd/manifests/v1', {
      body: Buffer.from(body),
      headers: { 'content-type': type },
    })
    expect([put.status, codes(put)]).toEqual([400, ['MANIFEST_INVALID']])
  })

  it('are refused under another digest than their own, and beyond 4 MiB', async () => {
    const { manifest } = await putImage(running.push, 'named', 'v1', layer)
    const put = (reference: string, body: Buffer) =>
      running.push('PUT', `/v2/named/manifests/${reference}`, { body, headers: { 'content-type': OCI } })
    expect(codes(await put(`sha256:${sha256('other')}`, manifest))).toEqual(['DIGEST_INVALID'])
    expect(codes(await put('v2', Buffer.alloc(5_000_000, ' ')))).toEqual(['MANIFEST_INVALID'])
  })

  it.each(['UPPER', 'a/%2e%2e%2fb', 'a//b', '-a', `a${'/b'.repeat(200)}`])(
    'are refused under the name %s',
    async (name) => {
      const begun = await running.push('POST', `/v2/${name}/blobs/uploads/`)
      expect([400, 404]).toContain(begun.status)
    },
  )
})

describe('uploads', () => {
  it('go in one piece after they were begun', async () => {
    const begun = await running.push('POST', '/v2/whole/blobs/uploads/')
    expect([begun.status, begun.headers.range]).toEqual([202, '0-0'])
    const put = await running.push('PUT', `${begun.headers.location}?digest=${digest}`, { body: layer })
    expect([put.status, put.headers['docker-content-digest']]).toEqual([201, digest])
    expect((await running.push('GET', `/v2/whole/blobs/${digest}`)).body.equals(layer)).toBe(true)
  })

  it('go in chunks, in order, and say how far they are', async () => {
    const begun = await running.push('POST', '/v2/chunked/blobs/uploads/')
    const path = String(begun.headers.location)
    const chunk = (first: number, last: number) =>
      running.push('PATCH', path, {
        body: layer.subarray(first, last + 1),
        headers: { 'content-range': `${first}-${last}` },
      })
    expect((await chunk(0, 99_999)).headers.range).toBe('0-99999')
    const early = await chunk(200_000, 299_999)
    expect([early.status, early.headers.range]).toEqual([416, '0-99999'])
    expect((await chunk(100_000, 249_999)).headers.range).toBe('0-249999')
    const state = await running.push('GET', path)
    expect([state.status, state.headers.range]).toEqual([204, '0-249999'])
    const put = await running.push('PUT', `${path}?digest=${digest}`, { body: layer.subarray(250_000) })
    expect(put.status).toBe(201)
    expect((await running.push('GET', `/v2/chunked/blobs/${digest}`)).body.equals(layer)).toBe(true)
    expect(codes(await running.push('GET', path))).toEqual(['BLOB_UPLOAD_UNKNOWN'])
  })

  it('go on after a restart', async () => {
    const path = String((await running.push('POST', '/v2/again/blobs/uploads/')).headers.location)
    await running.push('PATCH', path, { body: layer.subarray(0, 1000) })
    await running.restart()
    expect((await running.push('GET', path)).headers.range).toBe('0-999')
    await running.push('PATCH', path, { body: layer.subarray(1000) })
    expect((await running.push('PUT', `${path}?digest=${digest}`)).status).toBe(201)
  })

  it('are refused and removed when the digest is wrong', async () => {
    const other = `sha256:${sha256('other')}`
    const path = String((await running.push('POST', '/v2/wrong/blobs/uploads/')).headers.location)
    const put = await running.push('PUT', `${path}?digest=${other}`, { body: layer })
    expect([put.status, codes(put)]).toEqual([400, ['DIGEST_INVALID']])
    expect((await running.push('GET', path)).status).toBe(404)
    expect(codes(await running.push('GET', `/v2/wrong/blobs/${other}`))).toEqual(['BLOB_UNKNOWN'])
    expect(codes(await running.push('PUT', `${path}?digest=md5:abc`, { body: layer }))).toEqual([
      'BLOB_UPLOAD_UNKNOWN',
    ])
  })

  it('are cancelled by their client', async () => {
    const path = String((await running.push('POST', '/v2/cancelled/blobs/uploads/')).headers.location)
    expect((await running.push('DELETE', path)).status).toBe(204)
    expect((await running.push('PATCH', path, { body: layer })).status).toBe(404)
  })

  it('belong to the repository in which they were begun', async () => {
    const path = String((await running.push('POST', '/v2/mine/blobs/uploads/')).headers.location)
    expect((await running.push('GET', path.replace('/mine/', '/yours/'))).status).toBe(404)
  })

  it('are not needed for a blob that another repository has', async () => {
    await putImage(running.push, 'giver', 'v1', layer)
    const mounted = await running.push('POST', `/v2/taker/blobs/uploads/?mount=${digest}&from=giver`)
    expect([mounted.status, mounted.headers['docker-content-digest']]).toEqual([201, digest])
    expect((await running.push('HEAD', `/v2/taker/blobs/${digest}`)).status).toBe(200)
    expect((await running.push('POST', `/v2/taker/blobs/uploads/?mount=${digest}&from=none`)).status).toBe(
      202,
    )
  })
})

describe('tags', () => {
  it('are listed in pages, with a link to the next', async () => {
    for (const tag of ['v1', 'v2', 'v3']) await putImage(running.push, 'listed', tag, layer)
    const first = await running.push('GET', '/v2/listed/tags/list?n=2')
    expect(JSON.parse(first.body.toString())).toEqual({ name: 'listed', tags: ['v1', 'v2'] })
    const next = /^<(.*)>; rel="next"$/.exec(String(first.headers.link))?.[1] ?? ''
    const second = await running.push('GET', next)
    expect(JSON.parse(second.body.toString()).tags).toEqual(['v3'])
    expect(second.headers.link).toBeUndefined()
    expect(codes(await running.push('GET', '/v2/unheard/tags/list'))).toEqual(['NAME_UNKNOWN'])
  })
})
