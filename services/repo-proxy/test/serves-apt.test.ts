import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ending, run, start } from '@slipway/process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ask, sha256 } from './ask.ts'
import { shareRunning } from './running.ts'

const running = shareRunning()
let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-apt-'))
})
afterAll(() => rm(dir, { recursive: true }))

/** Builds a real package of Debian's form. */
async function buildDeb(
  name: string,
  version: string,
  packing: 'gzip' | 'xz' | 'zstd' | 'none',
): Promise<Buffer> {
  const root = join(dir, `${name}-${version}`)
  await mkdir(join(root, 'DEBIAN'), { recursive: true })
  await mkdir(join(root, 'usr/share', name), { recursive: true })
  await writeFile(join(root, 'usr/share', name, 'data'), name.repeat(1000))
  await writeFile(
    join(root, 'DEBIAN/control'),
    `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: Slipway <none@slipway.internal>\n` +
      `Description: a tool packed with ${packing}\n It exists for this test.\n .\n Nothing else.\n`,
  )
  const file = join(dir, `${name}.deb`)
  await run([
    'dpkg-deb',
    '--root-owner-group',
    '--uniform-compression',
    `-Z${packing}`,
    '--build',
    root,
    file,
  ])
  return readFile(file)
}

function putDeb(ask: Ask, path: string, body: Buffer) {
  return ask('PUT', `/apt/${path}`, { body, headers: { 'x-slipway-sha256': sha256(body) } })
}

/** A private apt of this machine that knows one source. */
async function makeApt(name: string, { token, repository }: { token: string; repository: string }) {
  const root = join(dir, name)
  for (const folder of [
    'lists/partial',
    'cache/archives/partial',
    'etc/apt.conf.d',
    'etc/preferences.d',
    'etc/auth.conf.d',
    'in',
  ]) {
    await mkdir(join(root, folder), { recursive: true })
  }
  await writeFile(join(root, 'status'), '')
  const { aptKey } = await running.rpc.manager.getEndpoint({})
  await writeFile(join(root, 'key.asc'), aptKey)
  const source = `deb [signed-by=${root}/key.asc] ${running.url}/apt/${repository}/ ./\n`
  await writeFile(join(root, 'etc/sources.list'), source)
  await writeFile(join(root, 'etc/auth.conf'), `machine ${running.url} login node password ${token}\n`)
  const settings = {
    Dir: `${root}/`,
    'Dir::State': root,
    'Dir::State::status': `${root}/status`,
    'Dir::Cache': `${root}/cache`,
    'Dir::Etc': `${root}/etc`,
    'Dir::Etc::netrc': `${root}/etc/auth.conf`,
    'Dir::Bin::methods': '/usr/lib/apt/methods',
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
    'Acquire::https::CAInfo': running.platform.install.caFile,
  }
  const text = Object.entries(settings).map(([key, value]) => `${key} "${value}";\n`)
  await writeFile(join(root, 'apt.conf'), text.join(''))
  const options = { cwd: join(root, 'in'), env: { APT_CONFIG: join(root, 'apt.conf') } }
  return (...argv: string[]): Promise<Ending> => start(['apt-get', ...argv], options).ended
}

describe('a real apt-get', () => {
  it('updates from the signed index and downloads packages of every packing', async () => {
    const packings = ['gzip', 'xz', 'zstd', 'none'] as const
    const debs = new Map<string, Buffer>()
    for (const packing of packings) {
      const name = `tool-${packing}`
      const deb = await buildDeb(name, '1.0-1', packing)
      expect((await putDeb(running.push, `debian-12/${name}_1.0-1_all.deb`, deb)).status).toBe(201)
      debs.set(name, deb)
    }
    const token = await running.pullToken('node', ['apt/debian-12/*'])
    const apt = await makeApt('downloads', { token, repository: 'debian-12' })
    expect(await apt('update', '--error-on=any')).toMatchObject({ exitCode: 0 })
    expect(await apt('download', ...debs.keys())).toMatchObject({ exitCode: 0 })
    for (const [name, deb] of debs) {
      expect(await readFile(join(dir, 'downloads/in', `${name}_1.0-1_all.deb`))).toEqual(deb)
    }
  })

  it('sees a newer package after the next update, and asks for nothing when nothing changed', async () => {
    const token = await running.pullToken('node-2', ['apt/debian-13/*'])
    await putDeb(running.push, 'debian-13/tool-new_1_all.deb', await buildDeb('tool-new', '1', 'xz'))
    const apt = await makeApt('newer', { token, repository: 'debian-13' })
    await apt('update', '--error-on=any')
    expect((await apt('update', '--error-on=any')).stdout).toMatch(/Hit:1 .* InRelease/)
    // The next second: HTTP dates have no finer grain.
    running.later(2_000)
    const newer = await buildDeb('tool-new', '2', 'xz')
    await putDeb(running.push, 'debian-13/tool-new_2_all.deb', newer)
    expect(await apt('update', '--error-on=any')).toMatchObject({ exitCode: 0 })
    await apt('download', 'tool-new')
    expect(await readFile(join(dir, 'newer/in/tool-new_2_all.deb'))).toEqual(newer)
  })

  it('gets nothing with a token for another repository, nor after it was revoked', async () => {
    await putDeb(running.push, 'debian-12/tool-a_1_all.deb', await buildDeb('tool-a', '1', 'gzip'))
    const foreign = await running.pullToken('foreign', ['apt/debian-13/*'])
    const other = await makeApt('foreign', { token: foreign, repository: 'debian-12' })
    expect((await other('update', '--error-on=any')).exitCode).not.toBe(0)
    const token = await running.pullToken('short', ['apt/debian-12/*'])
    const apt = await makeApt('short', { token, repository: 'debian-12' })
    expect((await apt('update', '--error-on=any')).exitCode).toBe(0)
    await running.rpc.manager.revokePullToken({ project: 'p', holder: 'short' })
    expect((await apt('update', '--error-on=any')).exitCode).not.toBe(0)
  })

  it('refuses an index that another key signed', async () => {
    const token = await running.pullToken('wary', ['apt/debian-12/*'])
    const apt = await makeApt('wary', { token, repository: 'debian-12' })
    await writeFile(join(dir, 'wary/key.asc'), 'not this key')
    const update = await apt('update', '--error-on=any')
    expect(update.exitCode).not.toBe(0)
  })
})

describe('an apt repository', () => {
  it('keeps its key over a restart, and gives it to nodes', async () => {
    const before = (await running.rpc.manager.getEndpoint({})).aptKey
    await running.restart()
    expect((await running.rpc.manager.getEndpoint({})).aptKey).toBe(before)
    expect((await running.push('GET', '/apt/debian-12/key.asc')).body.toString()).toBe(before)
  })

  it('answers an index of a moment ago by its hash', async () => {
    const path = '/apt/hashed'
    await putDeb(running.push, 'hashed/tool-h_1_all.deb', await buildDeb('tool-h', '1', 'gzip'))
    const release = (await running.push('GET', `${path}/Release`)).body.toString()
    const old = / ([0-9a-f]{64}) \d+ Packages\n/.exec(release)?.[1]
    await putDeb(running.push, 'hashed/tool-h_2_all.deb', await buildDeb('tool-h', '2', 'gzip'))
    const now = (await running.push('GET', `${path}/Packages`)).body
    expect(now.toString()).toContain('Version: 2')
    const byHash = await running.push('GET', `${path}/by-hash/SHA256/${old}`)
    expect(sha256(byHash.body)).toBe(old)
  })

  it('does not change when the same package comes again', async () => {
    const deb = await buildDeb('tool-same', '1', 'gzip')
    await putDeb(running.push, 'same/tool-same_1_all.deb', deb)
    const before = (await running.push('GET', '/apt/same/InRelease')).body
    running.later(2_000)
    await putDeb(running.push, 'same/tool-same_1_all.deb', deb)
    expect((await running.push('GET', '/apt/same/InRelease')).body.equals(before)).toBe(true)
  })

  it.each([
    ['text', Buffer.from('not a package')],
    ['an empty file', Buffer.alloc(0)],
    [
      'an archive without control',
      Buffer.from('!<arch>\ndebian-binary   0           0     0     100644  4         `\n2.0\n'),
    ],
    [
      'a cut package',
      Buffer.from('!<arch>\ncontrol.tar.xz  0           0     0     100644  9999      `\nxz'),
    ],
  ])('refuses %s', async (_, body) => {
    const put = await putDeb(running.push, 'debian-12/odd_1_all.deb', body)
    expect([put.status, JSON.parse(put.body.toString()).problems[0].field]).toEqual([400, 'package'])
  })

  it('refuses names that are no package file, together with those of the repository', async () => {
    const put = await putDeb(running.push, 'De_bian/..x_1%20all.deb', Buffer.from(''))
    expect(put.status).toBe(400)
    expect(JSON.parse(put.body.toString()).problems).toHaveLength(2)
  })
})
