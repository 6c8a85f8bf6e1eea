import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SlipwayError } from '@slipway/errors'
import { expect, test } from 'vitest'
import { readConfig } from './config.ts'
import { platformsOf } from './manifest.ts'
import { parseRelease, readReleases } from './read.ts'

const { releasesDir } = readConfig()

test('the releases that Slipway ships are read, oldest first', async () => {
  const releases = await readReleases(releasesDir)
  const minors = releases.map(({ kubernetes }) => kubernetes.split('.').slice(0, 2).join('.'))
  expect(minors).toEqual(['1.35', '1.36', '1.37'])
  for (const release of releases) {
    expect(platformsOf(release).map(({ name }) => name)).toEqual(['debian-12-amd64', 'debian-13-amd64'])
    expect(release.images.map(({ role }) => role)).toContain('control-plane')
  }
})

test('a release names only the download sites of the upstream projects themselves', async () => {
  const text = JSON.stringify(await readReleases(releasesDir))
  const hosts = new Set([...text.matchAll(/https?:\/\/([^/"]+)/g)].map(([, host]) => host))
  expect([...hosts].sort()).toEqual(['dl.k8s.io', 'github.com', 'go.dev'])
})

test('all problems of a manifest are reported together, each by field', async () => {
  const good = await readFile(join(releasesDir, '1.36.3.yaml'), 'utf8')
  const bad = good
    .replace('schema: 1', 'schema: 1\ncolour: blue')
    .replace('version: 1.4.0', 'version: latest')
    .replace('role: all', 'role: sometimes')
  const problems = problemsOf(() => parseRelease(bad, 'bad.yaml'))
  expect(problems.map(({ field }) => field)).toEqual(
    expect.arrayContaining(['bad.yaml.colour', 'bad.yaml.components.0.version']),
  )
  expect(problems.some(({ field }) => /^bad\.yaml\.images\.\d+\.role$/.test(field))).toBe(true)
  expect(problems.every(({ hint }) => hint.length > 0)).toBe(true)
})

test('a reference that leads nowhere is said by name', async () => {
  const good = await readFile(join(releasesDir, '1.36.3.yaml'), 'utf8')
  const bad = good
    .replace('coredns/coredns: /coredns', 'coredns/named: /coredns')
    .replace('base: init', 'base: inti')
  const messages = problemsOf(() => parseRelease(bad)).map(({ message }) => message)
  expect(messages).toEqual(['there is no base inti', 'no component gives coredns/named'])
})

test('text that is no YAML is Invalid', () => {
  expect(problemsOf(() => parseRelease('a: [', 'broken.yaml'))[0]?.field).toBe('broken.yaml')
})

function problemsOf(act: () => unknown) {
  try {
    act()
  } catch (error) {
    if (error instanceof SlipwayError && error.code === 'Invalid') return error.problems
    throw error
  }
  throw new Error('it was accepted')
}
