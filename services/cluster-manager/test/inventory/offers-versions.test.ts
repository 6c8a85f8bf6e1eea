import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readVersion } from '../../src/version/read.ts'
import { type Bench, openBench } from './bench.ts'

const releases = join(import.meta.dirname, '../../../../infra/releases')
let bench: Bench
let older: string
let middle: string
let newer: string
beforeAll(async () => {
  bench = await openBench()
  const files = (await readdir(releases)).filter((name) => name.endsWith('.yaml')).sort()
  ;[older = '', middle = '', newer = ''] = files.map((name) => name.replace('.yaml', ''))
})
afterAll(() => bench.close())

const releaseOf = (kubernetes: string) => ({
  schema: 1,
  kubernetes,
  components: { kubernetes },
  platforms: {},
})
const store = (name: string) => bench.stored.set(name, JSON.stringify(releaseOf(name)))

test('the catalogue shows what is enabled and what is stored, page by page', async () => {
  store(middle)
  const { versions, nextPageToken } = await bench.versions.listVersions({ pageSize: 2, pageToken: '' })
  expect(versions.map(({ name, enabled, available }) => [name, enabled, available])).toEqual([
    [older, true, false],
    [middle, true, true],
  ])
  expect(versions[1]?.components.kubernetes).toBe(middle)
  expect(versions[1]?.platforms).toContain('debian-12-amd64')
  const rest = await bench.versions.listVersions({ pageSize: 2, pageToken: nextPageToken })
  expect(rest).toMatchObject({ versions: [{ name: newer }], nextPageToken: '' })
})

test('a version is switched off and on again, and an unknown one is not found', async () => {
  expect(await bench.versions.updateVersion({ name: newer, enabled: false })).toMatchObject({
    enabled: false,
  })
  const { versions } = await bench.versions.listVersions({ pageSize: 0, pageToken: '' })
  expect(versions.map(({ enabled }) => enabled)).toEqual([true, true, false])
  expect(await bench.versions.updateVersion({ name: newer, enabled: true })).toMatchObject({
    enabled: true,
  })
  const unknown = bench.versions.updateVersion({ name: '1.2.3', enabled: true })
  await expect(unknown).rejects.toMatchObject({ code: 'NotFound' })
})

test('a version is resolved, or says why it is not usable and the way out', async () => {
  const deps = bench.versionDeps
  store(middle)
  expect(await readVersion(deps, middle)).toMatchObject({ usable: true, release: releaseOf(middle) })
  expect(await readVersion(deps, older)).toMatchObject({ usable: false, version: { available: false } })
  await bench.versions.updateVersion({ name: middle, enabled: false })
  expect(await readVersion(deps, middle)).toMatchObject({
    usable: false,
    message: expect.stringContaining('off'),
  })
  const unknown = await readVersion(deps, '9.9.9')
  expect(unknown).toMatchObject({
    usable: false,
    version: undefined,
    hint: `Take one of: ${older}, ${newer}.`,
  })
})
