import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { silent } from '../test/release.ts'
import { scratch } from '../test/site.ts'
import { openTinyRepo } from '../test/tiny-repo.ts'
import { artifactFile, debsDir, imageDir } from './cache.ts'
import { sha256 } from './digest.ts'
import { upstreamEnvironment } from './environment.ts'
import { writeLayer } from './layer.ts'
import { makeBlobsDir, readLayout, writeImage } from './layout.ts'
import { pushRelease } from './push.ts'
import { pullImage } from './registry.ts'
import type { ResolvedRelease } from './resolved.ts'
import { openUpstream } from './upstream.ts'

test('all of a release is pushed once, and the resolved release last', async () => {
  const { cacheDir, resolved } = await fillCache()
  const repo = await openTinyRepo({ token: 'may-push' })
  const to = { baseUrl: repo.url, ca: repo.ca, token: 'may-push' }
  const notes: (string | undefined)[] = []
  const report = ({ state, note }: { state: string; note?: string }) =>
    void (state === 'done' && notes.push(note))
  await pushRelease({ ...silent, report, resolved, cacheDir, repo: to })
  expect(notes).toEqual(['sent', 'sent', 'sent', 'sent'])
  expect([...repo.kept.keys()]).toEqual(
    expect.arrayContaining([
      '/raw/kubernetes/1.99.0/linux-amd64/tool',
      '/v2/registry.k8s.io/tool/manifests/v1.99.0',
      '/apt/debian-12/lib+one_1.0-1_amd64.deb',
    ]),
  )
  expect(repo.puts.at(-1)).toBe('/raw/releases/1.99.0.json')
  expect(JSON.parse(String(repo.kept.get('/raw/releases/1.99.0.json')?.body))).toEqual(resolved)

  const before = repo.puts.length
  await pushRelease({ ...silent, resolved, cacheDir, repo: to })
  expect(repo.puts.slice(before)).toEqual(['/raw/releases/1.99.0.json'])
})

test('what was pushed can be pulled, with an anonymous token, as the same image', async () => {
  const { cacheDir, resolved, image } = await fillCache()
  const repo = await openTinyRepo()
  await pushRelease({ ...silent, resolved, cacheDir, repo: { baseUrl: repo.url, ca: repo.ca, token: 'any' } })
  const registry = await openTinyRepo({ pullToken: 'anonymous' })
  for (const [path, value] of repo.kept) registry.kept.set(path.replace('/registry.k8s.io/', '/'), value)
  const upstream = await openUpstream(upstreamEnvironment(registry.env), silent.signal)
  const dir = await scratch()
  const reference = { repository: `${registry.host}/tool`, tag: 'v1.99.0' }
  const pulled = await pullImage(reference, 'amd64', upstream, dir)
  upstream.close()
  expect(pulled.digest).toBe(image.digest)
  expect((await readLayout(dir))?.manifest.layers).toHaveLength(1)
})

test('a refused push says that the token may not write, without the token', async () => {
  const { cacheDir, resolved } = await fillCache()
  const repo = await openTinyRepo({ token: 'may-push' })
  const pushed = pushRelease({
    ...silent,
    resolved,
    cacheDir,
    repo: { baseUrl: repo.url, ca: repo.ca, token: 'guess' },
  })
  await expect(pushed).rejects.toMatchObject({
    code: 'Denied',
    message: expect.not.stringContaining('guess'),
  })
})

test('an image that the cache no longer holds as resolved is refused by name', async () => {
  const { cacheDir, resolved } = await fillCache()
  const repo = await openTinyRepo()
  const [image] = resolved.platforms['debian-12-amd64']?.images ?? []
  if (image) image.digest = `sha256:${sha256('other')}`
  const pushed = pushRelease({
    ...silent,
    resolved,
    cacheDir,
    repo: { baseUrl: repo.url, ca: repo.ca, token: 'any' },
  })
  await expect(pushed).rejects.toMatchObject({
    code: 'Invalid',
    problems: [{ field: 'registry.k8s.io/tool:v1.99.0' }],
  })
})

/** A cache as a fetch leaves it: one file, one image, one package. */
async function fillCache() {
  const cacheDir = await scratch()
  const url = 'kubernetes/1.99.0/linux-amd64/tool'
  const place = async (file: string, text: string) => {
    await mkdir(join(file, '..'), { recursive: true })
    await writeFile(file, text)
    return { sha256: sha256(text), bytes: text.length }
  }
  const tool = await place(artifactFile(cacheDir, url), 'program')
  const deb = await place(join(debsDir(cacheDir, 'debian-12-amd64'), 'lib+one_1.0-1_amd64.deb'), 'package')
  const name = { repository: 'registry.k8s.io/tool', tag: 'v1.99.0' }
  const dir = imageDir(cacheDir, name, 'amd64')
  const layer = await writeLayer(
    new Map([['tool', { kind: 'text', text: 'program', mode: 0o755 }]]),
    await makeBlobsDir(dir),
  )
  const image = await writeImage(dir, 'registry.k8s.io/tool:v1.99.0', 'amd64', { entrypoint: ['/tool'] }, [
    layer,
  ])
  const resolved: ResolvedRelease = {
    schema: 1,
    kubernetes: '1.99.0',
    components: { kubernetes: '1.99.0' },
    platforms: {
      'debian-12-amd64': {
        files: [{ component: 'kubernetes', path: '/usr/local/bin/tool', mode: '0755', url, ...tool }],
        images: [{ ...name, digest: image.digest, bytes: 1, role: 'all' }],
        packages: {
          repository: 'debian-12',
          names: ['lib-one'],
          debs: [{ file: 'lib+one_1.0-1_amd64.deb', ...deb }],
        },
      },
    },
  }
  return { cacheDir, resolved, image }
}
