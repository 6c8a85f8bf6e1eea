import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { expect, test, vi } from 'vitest'
import { silent, tinyRelease } from '../test/release.ts'
import { openSite, scratch } from '../test/site.ts'
import { readConfig } from './config.ts'
import { sha256 } from './digest.ts'
import { fetchRelease } from './fetch.ts'
import type { Component } from './manifest.ts'
import { readResolved } from './resolved.ts'

// each fetch reads the indexes of a Debian archive
vi.setConfig({ testTimeout: 60_000 })

const platforms = ['debian-12-amd64']
const ours = readConfig().env

/** One program on a site; what the site serves can be changed while it runs. */
async function publish(served: Record<string, string | Buffer>) {
  const asked: string[] = []
  const site = await openSite((request, response) => {
    const body = served[request.url ?? '']
    if (request.method === 'GET') asked.push(request.url ?? '')
    response.writeHead(body === undefined ? 404 : 200).end(request.method === 'HEAD' ? undefined : body)
  })
  const component: Component = {
    name: 'kubernetes',
    version: '1.99.0',
    files: [{ name: 'tool', node: '/usr/local/bin/tool' }],
    sources: [
      {
        kind: 'download',
        url: `${site.url}/v\${version}/\${arch}/\${file}`,
        checksum: `${site.url}/v\${version}/\${arch}/\${file}.sha256`,
      },
    ],
  }
  return { ...site, asked, component }
}

test('a release is downloaded from its official site, verified, and not asked for again', async () => {
  const cacheDir = await scratch()
  const { component, env, asked, close } = await publish({
    '/v1.99.0/amd64/tool': 'program',
    '/v1.99.0/amd64/tool.sha256': sha256('program'),
  })
  const request = {
    ...silent,
    manifest: tinyRelease(component),
    platforms,
    cacheDir,
    env: { ...ours, ...env },
  }
  const resolved = await fetchRelease(request)
  expect(resolved.platforms['debian-12-amd64']?.files).toEqual([
    {
      component: 'kubernetes',
      path: '/usr/local/bin/tool',
      mode: '0755',
      url: 'kubernetes/1.99.0/linux-amd64/tool',
      sha256: sha256('program'),
      bytes: 7,
    },
  ])
  expect(resolved.platforms['debian-12-amd64']?.packages.debs.map(({ file }) => file.split('_')[0])).toEqual([
    'netbase',
  ])
  expect(await readResolved(cacheDir, '1.99.0')).toEqual(resolved)
  expect(asked).toHaveLength(2)
  await close()
  expect(await fetchRelease(request)).toEqual(resolved)
  expect(await readdir(join(cacheDir, 'work'))).toEqual([])
})

test('a file that is not what it was is refused by name, and the way out is said', async () => {
  const cacheDir = await scratch()
  const served = { '/v1.99.0/amd64/tool': 'program', '/v1.99.0/amd64/tool.sha256': sha256('program') }
  const { component, env } = await publish(served)
  const request = {
    ...silent,
    manifest: tinyRelease(component),
    platforms,
    cacheDir,
    env: { ...ours, ...env },
  }
  await fetchRelease(request)

  const file = join(cacheDir, 'artifacts/kubernetes/1.99.0/linux-amd64/tool')
  await writeFile(file, 'Program')
  await expect(fetchRelease(request)).rejects.toMatchObject({
    code: 'Invalid',
    problems: [
      { field: expect.stringContaining('kubernetes/1.99.0'), hint: expect.stringContaining('Remove') },
    ],
  })

  // upstream replaced the file and its checksum: only the record knows better
  await writeFile(
    join(cacheDir, 'artifacts/kubernetes/1.99.0/linux-amd64/.slipway.json'),
    '{"recipe":"none"}',
  )
  Object.assign(served, { '/v1.99.0/amd64/tool': 'other', '/v1.99.0/amd64/tool.sha256': sha256('other') })
  await expect(fetchRelease(request)).rejects.toMatchObject({
    code: 'Invalid',
    problems: [
      {
        field: 'kubernetes/1.99.0/linux-amd64/official/tool',
        message: `has SHA-256 ${sha256('other')}, but ${sha256('program')} was recorded`,
        hint: expect.stringContaining('recorded.json'),
      },
    ],
  })
  expect(await readFile(file, 'utf8')).toBe('Program')
})

test('a download that differs from its published checksum is refused', async () => {
  const { component, env } = await publish({
    '/v1.99.0/amd64/tool': 'program',
    '/v1.99.0/amd64/tool.sha256': `${sha256('elsewhere')}  tool\n`,
  })
  const cacheDir = await scratch()
  const manifest = tinyRelease(component)
  await expect(
    fetchRelease({ ...silent, manifest, platforms, cacheDir, env: { ...ours, ...env } }),
  ).rejects.toMatchObject({ code: 'Invalid', problems: [{ field: expect.stringContaining('/amd64/tool') }] })
})

test('just the wanted files are taken out of an archive', async () => {
  const tar = pack()
  tar.entry({ name: './tool-1/bin/tool' }, 'program')
  tar.entry({ name: './tool-1/README' }, 'words')
  tar.finalize()
  const archive = gzipSync(Buffer.from(await text(tar)))
  const { component, env, url } = await publish({ '/tool.tar.gz': archive })
  const cacheDir = await scratch()
  const packed: Component = {
    ...component,
    sources: [{ kind: 'download', url: `${url}/tool.tar.gz`, inside: `tool-1/bin/\${file}` }],
  }
  const manifest = tinyRelease(packed)
  const resolved = await fetchRelease({
    ...silent,
    manifest,
    platforms,
    cacheDir,
    env: { ...ours, ...env },
  })
  expect(resolved.platforms['debian-12-amd64']?.files[0]?.sha256).toBe(sha256('program'))
})

test('a site that does not answer leaves a component without a source, which is said', async () => {
  const { component, env, close } = await publish({})
  await close()
  const cacheDir = await scratch()
  const manifest = tinyRelease(component)
  await expect(
    fetchRelease({ ...silent, manifest, platforms, cacheDir, env: { ...ours, ...env } }),
  ).rejects.toMatchObject({ code: 'Invalid', problems: [{ field: 'kubernetes 1.99.0' }] })
})

test('a fetch that is cancelled leaves no scratch behind and is done by running it again', async () => {
  const cacheDir = await scratch()
  const stop = new AbortController()
  let stalled = true
  const site = await openSite((request, response) => {
    if (request.method === 'GET' && stalled) {
      response.writeHead(200, { 'content-length': 7 }).write('prog')
      stop.abort()
    } else {
      response.end(request.method === 'HEAD' ? undefined : 'program')
    }
  })
  const { component } = await publish({})
  const served: Component = { ...component, sources: [{ kind: 'download', url: `${site.url}/\${file}` }] }
  const request = {
    ...silent,
    manifest: tinyRelease(served),
    platforms,
    cacheDir,
    env: { ...ours, ...site.env },
  }
  await expect(fetchRelease({ ...request, signal: stop.signal })).rejects.toThrow()
  expect(await readdir(join(cacheDir, 'work'))).toEqual([])
  stalled = false
  const resolved = await fetchRelease(request)
  expect(resolved.platforms['debian-12-amd64']?.files[0]?.sha256).toBe(sha256('program'))
})

test('an unknown platform is refused with the known ones', async () => {
  const { component, env } = await publish({})
  const manifest = tinyRelease(component)
  const asked = fetchRelease({
    ...silent,
    manifest,
    platforms: ['plan9-68k'],
    cacheDir: await scratch(),
    env,
  })
  await expect(asked).rejects.toMatchObject({ problems: [{ field: 'platforms.plan9-68k' }] })
})
