import { createReadStream } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createZstdDecompress } from 'node:zlib'
import { extract } from 'tar-stream'
import { expect, test } from 'vitest'
import { silent, tinyRelease } from '../test/release.ts'
import { scratch } from '../test/site.ts'
import { artifactFile, imageDir } from './cache.ts'
import { readConfig } from './config.ts'
import { digestFile } from './digest.ts'
import { upstreamEnvironment } from './environment.ts'
import { fetchImage } from './image.ts'
import { blobFile, readLayout } from './layout.ts'
import type { Component, Image, ImageBase } from './manifest.ts'
import { openRecord } from './record.ts'
import { openUpstream } from './upstream.ts'

const component: Component = { name: 'kubernetes', version: '1.99.0', files: [{ name: 'tool' }], sources: [] }
const image: Image = {
  repository: 'localhost:1/tool',
  tag: 'v1.99.0',
  role: 'all',
  assemble: {
    files: { 'kubernetes/tool': '/usr/local/bin/tool' },
    entrypoint: ['/usr/local/bin/tool'],
    user: '65534:65534',
  },
}

test('the same files make the same image, wherever and whenever', async () => {
  const one = await assemble(image)
  const two = await assemble(image)
  expect(two.fetched).toEqual(one.fetched)
  expect(await readFile(join(one.dir, 'index.json'))).toEqual(await readFile(join(two.dir, 'index.json')))
})

test('an image holds its program, how it is started, and a minimal root', async () => {
  const { dir } = await assemble(image)
  const layout = await readLayout(dir)
  const config: unknown = JSON.parse(
    await readFile(blobFile(dir, layout?.manifest.config.digest ?? ''), 'utf8'),
  )
  expect(config).toMatchObject({
    os: 'linux',
    config: { Entrypoint: ['/usr/local/bin/tool'], User: '65534:65534' },
  })
  const entries = await list(dir)
  expect(entries).toMatchObject({
    'usr/local/bin/tool': { mode: 0o755, uid: 0, size: 7, mtime: new Date(0) },
    'tmp/': { mode: 0o1777 },
    'etc/passwd': { mode: 0o644 },
    lib64: { linkname: 'usr/lib64' },
  })
})

test('Debian programs come with their libraries and loader, out of packages and not from this machine', async () => {
  const base: ImageBase = {
    os: 'debian-12',
    packages: ['nftables', 'netbase'],
    programs: ['/usr/sbin/nft'],
    paths: ['/etc/protocols'],
    links: { '/usr/sbin/filter': 'nft' },
  }
  const { dir } = await assemble(
    { ...image, assemble: { ...image.assemble, base: 'filter' } },
    { filter: base },
  )
  const paths = Object.keys(await list(dir))
  for (const path of ['usr/sbin/nft', 'usr/sbin/filter', 'etc/protocols', 'usr/lib64/ld-linux-x86-64.so.2']) {
    expect(paths).toContain(path)
  }
  expect(paths.filter((path) => /libnftables|libc\.so/.test(path))).toHaveLength(2)
}, 60_000)

test('a cached image whose blob was changed is refused by name', async () => {
  const { dir, again } = await assemble(image)
  const layout = await readLayout(dir)
  await writeFile(blobFile(dir, layout?.manifest.layers[1]?.digest ?? ''), 'something else')
  await expect(again()).rejects.toMatchObject({
    code: 'Invalid',
    problems: [{ field: 'localhost:1/tool:v1.99.0' }],
  })
})

async function assemble(wanted: Image, bases: Record<string, ImageBase> = {}) {
  const cacheDir = await scratch()
  const env = upstreamEnvironment(readConfig().env)
  const tool = artifactFile(cacheDir, 'kubernetes/1.99.0/linux-amd64/tool')
  await mkdir(join(tool, '..'), { recursive: true })
  await writeFile(tool, 'program')
  const files = { tool: await digestFile(tool) }
  const supply = {
    ...silent,
    cacheDir,
    env,
    choice: 'build' as const,
    upstream: await openUpstream(env, silent.signal),
    record: openRecord(cacheDir),
    manifest: { ...tinyRelease(component, [wanted]), bases },
    components: new Map([['kubernetes', { component, source: 'test', files }]]),
  }
  const again = () => fetchImage(wanted, 'amd64', supply)
  const { value } = await again()
  return { fetched: value, dir: imageDir(cacheDir, wanted, 'amd64'), again }
}

async function list(dir: string) {
  const entries: Record<string, unknown> = {}
  const layout = await readLayout(dir)
  for (const { digest } of layout?.manifest.layers ?? []) {
    const tar = createReadStream(blobFile(dir, digest)).pipe(createZstdDecompress()).pipe(extract())
    for await (const entry of tar) {
      entries[entry.header.name] = entry.header
      entry.resume()
    }
  }
  return entries
}
