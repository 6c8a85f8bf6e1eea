import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { silent } from '../test/release.ts'
import { scratch } from '../test/site.ts'
import { openApt, parseUri } from './apt.ts'
import { readConfig } from './config.ts'
import { upstreamEnvironment } from './environment.ts'

test('a line of apt becomes a package, its file named as in the pool', () => {
  const digest = 'a'.repeat(64)
  const line = `'http://mirror/pool/main/g/gmp/libgmp10_6.2.1%2bdfsg1-1.1_amd64.deb' libgmp10_2%3a6.2.1+dfsg1-1.1_amd64.deb 562588 SHA256:${digest}`
  expect(parseUri(line)).toEqual({
    name: 'libgmp10',
    wanted: 'libgmp10_2%3a6.2.1+dfsg1-1.1_amd64.deb',
    file: 'libgmp10_6.2.1+dfsg1-1.1_amd64.deb',
    sha256: digest,
    bytes: 562588,
  })
  expect(parseUri('Reading package lists...')).toBeUndefined()
})

test('a minimal host lacks what is asked for and its dependencies, but nothing that it has', async () => {
  const dir = await scratch()
  const env = upstreamEnvironment(readConfig().env)
  const apt = await openApt({ dir, suite: 'bookworm', arch: 'amd64', env, signal: silent.signal })
  const onNothing = (await apt.closure(['nftables'], 'on-nothing')).map(({ name }) => name)
  expect(onNothing).toEqual(expect.arrayContaining(['nftables', 'libnftables1', 'libc6']))
  const lacking = await apt.closure(['nftables', 'netbase'], 'on-minimal-host')
  const names = lacking.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['nftables', 'libnftables1', 'netbase']))
  expect(names).not.toContain('libc6')
  const small = lacking.filter(({ name }) => name === 'netbase')
  await apt.download(small, join(dir, 'debs'))
  expect(await readdir(join(dir, 'debs'))).toEqual(small.map(({ file }) => file))
}, 60_000)
