import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { putFile, putImage, sha256 } from './ask.ts'
import { shareRunning } from './running.ts'

const kubelet = randomBytes(1000)
const layer = randomBytes(1000)
const running = shareRunning()

function releaseOf(kubernetes: string, image: string, file = kubelet) {
  const bytes = 1000
  const platform = {
    files: [
      {
        component: 'kubernetes',
        path: '/usr/bin/kubelet',
        mode: '0755',
        url: `kubernetes/${kubernetes}/amd64/kubelet`,
        sha256: sha256(file),
        bytes,
      },
    ],
    images: [{ repository: 'registry.k8s.io/pause', tag: kubernetes, digest: image, bytes, role: 'all' }],
    packages: { repository: 'debian-12', names: [], debs: [] },
  }
  const platforms = { 'debian-12-amd64': platform, 'debian-13-amd64': platform }
  return Buffer.from(JSON.stringify({ schema: 1, kubernetes, components: {}, platforms }))
}

const listed = async () => (await running.rpc.manager.listReleases({})).releases.map(({ name }) => name)

describe('a release', () => {
  it('is refused while anything is missing, with all of that named once', async () => {
    const release = JSON.parse(releaseOf('1.36.1', `sha256:${sha256('no image')}`).toString())
    release.platforms['debian-12-amd64'].packages.debs = [
      { file: 'tool_1_all.deb', sha256: sha256('deb'), bytes: 3 },
    ]
    const put = await putFile(running.push, 'releases/1.36.1.json', Buffer.from(JSON.stringify(release)))
    expect(put.status).toBe(412)
    const fields = JSON.parse(put.body.toString()).problems.map(({ field }: { field: string }) => field)
    expect(fields).toEqual([
      'raw/kubernetes/1.36.1/amd64/kubelet',
      'v2/registry.k8s.io/pause:1.36.1',
      'apt/debian-12/tool_1_all.deb',
    ])
    expect((await running.push('GET', '/raw/releases/1.36.1.json')).status).toBe(404)
    expect(await listed()).toEqual([])
  })

  it('is listed as it was pushed once it is whole', async () => {
    await putFile(running.push, 'kubernetes/1.36.3/amd64/kubelet', kubelet)
    const { digest } = await putImage(running.push, 'registry.k8s.io/pause', '1.36.3', layer)
    const text = releaseOf('1.36.3', digest)
    expect((await putFile(running.push, 'releases/1.36.3.json', text)).status).toBe(201)
    const { releases } = await running.rpc.manager.listReleases({})
    expect(releases).toEqual([{ name: '1.36.3', resolvedJson: text.toString() }])
  })

  it('is absent as soon as one of its artifacts is another or gone, and back when it is put right', async () => {
    await putFile(running.push, 'kubernetes/1.37.0/amd64/kubelet', kubelet)
    const { digest } = await putImage(running.push, 'registry.k8s.io/pause', '1.37.0', layer)
    await putFile(running.push, 'releases/1.37.0.json', releaseOf('1.37.0', digest))
    expect(await listed()).toContain('1.37.0')
    await putFile(running.push, 'kubernetes/1.37.0/amd64/kubelet', randomBytes(10))
    expect(await listed()).not.toContain('1.37.0')
    await putFile(running.push, 'kubernetes/1.37.0/amd64/kubelet', kubelet)
    expect(await listed()).toContain('1.37.0')
    await rm(join(running.dir, 'blobs/sha256', sha256(kubelet).slice(0, 2), sha256(kubelet)))
    expect(await listed()).toEqual([])
    await putFile(running.push, 'kubernetes/1.37.0/amd64/kubelet', kubelet)
    expect(await listed()).toEqual(['1.36.3', '1.37.0'])
  })

  it.each([
    ['no JSON', '1.36.9', Buffer.from('{')],
    ['another version than its name', '1.36.9', releaseOf('1.36.3', `sha256:${sha256('')}`)],
    ['half a manifest', '1.36.9', Buffer.from('{"schema":1,"kubernetes":"1.36.9"}')],
  ])('is refused as %s', async (_, name, body) => {
    expect((await putFile(running.push, `releases/${name}.json`, body)).status).toBe(400)
  })
})
