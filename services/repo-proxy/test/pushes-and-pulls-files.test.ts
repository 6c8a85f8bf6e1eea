import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { putFile, sha256 } from './ask.ts'
import { shareRunning } from './running.ts'

const body = randomBytes(1_500_000)
const running = shareRunning()

const uploads = () => readdir(join(running.dir, 'uploads'))

describe('raw files', () => {
  it('come back as they were pushed, with their digest', async () => {
    const put = await putFile(running.push, 'kubernetes/1.36.3/amd64/kubelet', body)
    expect(put.status).toBe(201)
    const got = await running.push('GET', '/raw/kubernetes/1.36.3/amd64/kubelet')
    expect(got.status).toBe(200)
    expect(got.body.equals(body)).toBe(true)
    expect(got.headers).toMatchObject({
      etag: `"${sha256(body)}"`,
      'x-slipway-sha256': sha256(body),
      'content-length': String(body.length),
      'accept-ranges': 'bytes',
    })
  })

  it('answer HEAD without a body and 304 to a client that has them', async () => {
    await putFile(running.push, 'known', body)
    const head = await running.push('HEAD', '/raw/known')
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '1500000', 0])
    const etag = String(head.headers.etag)
    expect((await running.push('GET', '/raw/known', { headers: { 'if-none-match': etag } })).status).toBe(304)
    const since = String(head.headers['last-modified'])
    expect(
      (await running.push('GET', '/raw/known', { headers: { 'if-modified-since': since } })).status,
    ).toBe(304)
  })

  it.each([
    ['bytes=0-99', 206, body.subarray(0, 100)],
    ['bytes=1499990-', 206, body.subarray(1_499_990)],
    ['bytes=-5', 206, body.subarray(-5)],
    ['bytes=1000-600000', 206, body.subarray(1000, 600_001)],
    ['bytes=1500000-', 416, Buffer.alloc(0)],
    ['lines=1-2', 200, body],
  ])('answer range %s with %i', async (range, status, wanted) => {
    await putFile(running.push, 'ranged', body)
    const got = await running.push('GET', '/raw/ranged', { headers: { range } })
    expect(got.status).toBe(status)
    expect(got.body.equals(wanted)).toBe(true)
  })

  it('answer whole when the range was meant for other bytes', async () => {
    await putFile(running.push, 'ranged', body)
    const headers = { range: 'bytes=0-9', 'if-range': `"${sha256('other')}"` }
    expect((await running.push('GET', '/raw/ranged', { headers })).status).toBe(200)
  })

  it('take an empty file', async () => {
    await putFile(running.push, 'empty', Buffer.alloc(0))
    const got = await running.push('GET', '/raw/empty')
    expect([got.status, got.body.length]).toEqual([200, 0])
  })

  it('are kept once, whatever they are called', async () => {
    await putFile(running.push, 'one', body)
    await putFile(running.push, 'two', body)
    const folder = join(running.dir, 'blobs/sha256', sha256(body).slice(0, 2))
    expect(await readdir(folder)).toEqual([sha256(body)])
  })

  it('are refused with a wrong digest: nothing is kept, what was there stays', async () => {
    await putFile(running.push, 'guarded', body)
    const other = randomBytes(1000)
    const put = await running.push('PUT', '/raw/guarded', {
      body: other,
      headers: { 'x-slipway-sha256': sha256(body) },
    })
    expect(put.status).toBe(400)
    expect(JSON.parse(put.body.toString()).problems[0]).toMatchObject({ field: 'digest' })
    expect((await running.push('GET', '/raw/guarded')).body.equals(body)).toBe(true)
    expect(existsSync(join(running.dir, 'blobs/sha256', sha256(other).slice(0, 2), sha256(other)))).toBe(
      false,
    )
    expect(await uploads()).toEqual([])
  })

  it('are refused without a digest', async () => {
    const put = await running.push('PUT', '/raw/nameless', { body })
    expect([put.status, JSON.parse(put.body.toString()).problems[0].field]).toEqual([400, 'digest'])
  })

  it.each(['a//b', 'a/%2e%2e%2fb', 'a/b%00', 'a%20b', '%ff', `a/${'b'.repeat(600)}`])(
    'are refused under the path %s',
    async (path) => {
      expect((await putFile(running.push, path, body)).status).toBe(400)
    },
  )

  it('leave nothing behind when their sender is cut off', async () => {
    const { hostname, port } = new URL(running.url)
    const sent = request({
      ...{ hostname, port, path: '/raw/cut', method: 'PUT', agent: false, rejectUnauthorized: false },
      headers: {
        authorization: `Bearer ${running.pushToken}`,
        'x-slipway-sha256': sha256(body),
        'content-length': body.length,
      },
    })
    sent.on('error', () => {})
    sent.write(body.subarray(0, 100_000))
    await expect.poll(uploads, { timeout: 20_000 }).toHaveLength(1)
    sent.destroy()
    await expect.poll(uploads, { timeout: 20_000 }).toEqual([])
    expect((await running.push('GET', '/raw/cut')).status).toBe(404)
  })

  it('say what to do when their bytes are gone from the disk, and are healed by a new push', async () => {
    const lost = randomBytes(500)
    await putFile(running.push, 'lost', lost)
    await rm(join(running.dir, 'blobs/sha256', sha256(lost).slice(0, 2), sha256(lost)))
    const got = await running.push('GET', '/raw/lost')
    expect([got.status, JSON.parse(got.body.toString()).problems[0].hint]).toEqual([
      503,
      'Push the artifact again: that puts its bytes back.',
    ])
    await putFile(running.push, 'lost', lost)
    expect((await running.push('GET', '/raw/lost')).body.equals(lost)).toBe(true)
  })

  it('outlive a restart, which removes half files', async () => {
    await putFile(running.push, 'kept', body)
    await writeFile(join(running.dir, 'uploads/half'), 'x')
    await running.restart()
    expect((await running.push('GET', '/raw/kept')).body.equals(body)).toBe(true)
    expect(await uploads()).toEqual([])
  })
})
