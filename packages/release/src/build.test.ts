import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '@slipway/process'
import { expect, test } from 'vitest'
import { tinyRelease } from '../test/release.ts'
import { scratch } from '../test/site.ts'
import { buildComponent, publishedStaging } from './build.ts'
import { readConfig } from './config.ts'
import { digestFile } from './digest.ts'
import { upstreamEnvironment } from './environment.ts'
import { findGo } from './go.ts'
import type { Component, GoSource } from './manifest.ts'
import { openUpstream } from './upstream.ts'

const signal = new AbortController().signal
const source: GoSource = {
  kind: 'go',
  module: 'hello',
  get: ['./hello'],
  packages: ['./hello'],
  sources: { 'hello/main.go': 'package main\n\nvar version = "none"\n\nfunc main() { print(version) }\n' },
  ldflags: `-s -w -X main.version=\${version}`,
}
const component: Component = { name: 'hello', version: '1.2.3', files: [{ name: 'hi' }], sources: [source] }

test('the same recipe built in two places gives the same program', async () => {
  const { cacheDir, env } = readConfig()
  const chosen = upstreamEnvironment(env)
  const upstream = await openUpstream(chosen, signal)
  const { toolchain } = tinyRelease(component)
  const go = await findGo(toolchain.go, 'amd64', { cacheDir, env: chosen, upstream, signal })
  upstream.close()
  const digests = []
  for (const dir of [await scratch(), await scratch()]) {
    const into = join(dir, 'out')
    const facts = { version: '1.2.3', kubernetes: '1.99.0', arch: 'amd64' }
    await buildComponent({ component, source, facts }, { go, workDir: join(dir, 'module'), into, signal })
    expect(await readdir(into)).toEqual(['hi'])
    expect((await run([join(into, 'hi')])).stderr).toBe('1.2.3')
    digests.push((await digestFile(join(into, 'hi'))).sha256)
  }
  expect(digests[0]).toBe(digests[1])
}, 120_000)

test('siblings that upstream replaces by folders are taken as published', () => {
  const upstream = [
    'module k8s.io/kubernetes',
    'go 1.26.0',
    'replace (',
    '\tk8s.io/api => ./staging/src/k8s.io/api',
    '\texample.com/odd => example.com/even v1.0.0',
    ')',
  ].join('\n')
  expect(publishedStaging(upstream, 'v0.36.3')).toBe(
    'go 1.26.0\n\nreplace (\n\tk8s.io/api => k8s.io/api v0.36.3\n)\n',
  )
})
