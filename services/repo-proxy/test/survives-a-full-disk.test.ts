import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '@slipway/process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { putFile, putImage, sha256 } from './ask.ts'
import { shareRunning } from './running.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-full-'))
  await run(['mount', '-t', 'tmpfs', '-o', 'size=8m', 'slipway-test', dir])
})
afterAll(async () => {
  await run(['umount', dir])
  await rm(dir, { recursive: true })
})
const running = shareRunning(() => dir)

describe('a full disk', () => {
  const fits = randomBytes(3_000_000)
  const tooMuch = randomBytes(20_000_000)

  it('is said with folder and way out; half files are removed and what was there stays', async () => {
    await putFile(running.push, 'fits', fits)
    const put = await putFile(running.push, 'too-much', tooMuch)
    expect(put.status).toBe(507)
    const [problem] = JSON.parse(put.body.toString()).problems
    expect(problem.message).toContain(dir)
    expect(problem.hint).toContain('SLIPWAY_REPO_DIR')
    expect(await readdir(join(dir, 'uploads'))).toEqual([])
    expect((await running.push('GET', '/raw/fits')).body.equals(fits)).toBe(true)
    expect((await running.push('GET', '/raw/too-much')).status).toBe(404)
  })

  it('is said in the words of the distribution protocol to who pushes an image', async () => {
    const begun = await running.push('POST', '/v2/big/blobs/uploads/')
    const chunk = await running.push('PATCH', String(begun.headers.location), { body: tooMuch })
    expect(chunk.status).toBe(507)
    expect(JSON.parse(chunk.body.toString()).errors[0]).toMatchObject({ code: 'UNAVAILABLE' })
    expect(JSON.parse(chunk.body.toString()).errors[0].message).toContain(dir)
    const whole = await running.push('POST', `/v2/big/blobs/uploads/?digest=sha256:${sha256(tooMuch)}`, {
      body: tooMuch,
    })
    expect(whole.status).toBe(507)
    expect(await readdir(join(dir, 'uploads'))).toEqual([])
  })

  it('lets smaller things in as soon as they fit', async () => {
    const { reply } = await putImage(running.push, 'small', 'v1', randomBytes(1000))
    expect(reply.status).toBe(201)
  })
})
