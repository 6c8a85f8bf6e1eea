import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { gunzipSync } from 'node:zlib'
import { makeInstall } from '@slipway/install'
import { startControlPlane, type TestControlPlane } from '@slipway/kube/testing'
import { openRecord, type Part, writeRecord } from '@slipway/record'
import { open, recordKey, serviceKey, type Where } from '@slipway/secrets'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { talkativePlays, words } from './talkative-plays.ts'
import { secrets, startTracedSite, type TracedSite } from './traced-site.ts'

// A create that fails on real hosts, with an API server that is real, is exported from the install where it happened, and
// read on another. Its playbooks say every secret that they are given.
let plane: TestControlPlane
let site: TracedSite
let folder: string
let file: string
let key: string
let operation: string
beforeAll(async () => {
  plane = await startControlPlane()
  site = await startTracedSite(talkativePlays(plane.superAdmin))
  folder = await mkdtemp(join(tmpdir(), 'slipway-elsewhere-'))
  await makeInstall({ dir: elsewhere(), names: { dns: [], ips: [] }, now: Date.now() })
  operation = await failedCreate()
  const about = ['--project', site.project, '--id', operation]
  // It ends with the operation, and with 1 where that failed.
  expect(await fromSite(join(folder, 'watched'), ['operation', 'watch', ...about])).toEqual({
    code: 1,
    said: '',
  })
  ;[file, key] = [join(folder, 'record.gz'), join(folder, 'key.pem')]
  expect(await fromSite(file, ['operation', 'export', ...about])).toEqual({ code: 0, said: '' })
  expect(await fromSite(key, ['operation', 'get-record-key'])).toEqual({ code: 0, said: '' })
}, 120_000)
afterAll(async () => {
  await site?.stop()
  await plane?.stop()
  if (folder) await rm(folder, { recursive: true, force: true })
})

/** A cluster of a host that is logged in to by key, and one by password, whose second refuses to join. */
async function failedCreate(): Promise<string> {
  const { rest, project, token, user } = site
  const post = async (path: string, body: object) => {
    const answer = await rest('POST', `/projects/${project}${path}`, { token, body })
    expect(answer.status, answer.text).toBeLessThan(300)
    return answer.json
  }
  const password = secrets.sudoPassword
  const login = { name: 'by-password', user, kind: 'password', password, sudoPassword: password }
  const credentials = [site.credential, (await post('/credentials', login)).id]
  const [master, worker] = await Promise.all(
    credentials.map((credential, index) => {
      const [name, address] = [`web-${index + 1}`, `198.51.100.${index + 1}`]
      return post('/hosts', { name, address, credential, profile: 'lab' })
    }),
  )
  const states = async () => {
    const { hosts } = (await rest('GET', `/projects/${project}/hosts`, { token })).json
    return hosts.map(({ state }: { state: string }) => state)
  }
  await vi.waitFor(async () => expect(await states()).toEqual(['ready', 'ready']), { timeout: 30_000 })
  const nodes = [
    { host: master.id, role: 'control-plane' },
    { host: worker.id, role: 'worker' },
  ]
  const apiServer = { port: plane.at.port }
  const spec = { kubernetesVersion: '1.36.3', nodes, apiServer }
  return (await post('/clusters', { name: 'test', spec, reason: 'the shop opens' })).operation.id
}

const elsewhere = () => join(folder, 'elsewhere')

/** Runs the command line as a person would, with such an environment and nothing else. */
function slipway(args: readonly string[], env: Record<string, string>) {
  const main = join(import.meta.dirname, '../src/main.ts')
  return spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Where the operation happened: what the command prints goes into a file. */
async function fromSite(to: string, args: readonly string[]) {
  const tokenFile = join(folder, 'token')
  await writeFile(tokenFile, site.token)
  const SLIPWAY_CA = site.platform.install.caFile
  const child = slipway(args, { SLIPWAY_URL: site.url, SLIPWAY_CA, SLIPWAY_TOKEN_FILE: tokenFile })
  const [said, [code]] = await Promise.all([
    text(child.stderr),
    once(child, 'exit'),
    pipeline(child.stdout, createWriteStream(to)),
  ])
  return { code, said }
}

/** On the other install: no address, no token, no connection. */
async function shown(args: readonly string[], dataDir = elsewhere()) {
  const child = slipway(['operation', 'show', ...args], { SLIPWAY_DATA_DIR: dataDir })
  const [out, error, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { out, error, code }
}

test('an install that never saw it tells how it ended, the first error on top, and that the signer is a stranger', async () => {
  const { out, error, code } = await shown([file])
  expect([code, error]).toEqual([0, ''])
  const lines = out.split('\n')
  expect(lines[0]).toBe('create-cluster of test: FAILED')
  expect(lines.slice(3, 7)).toEqual([
    'First error in step join-workers:',
    '  web-2, Fail with the token',
    '  non-zero return code',
    `  ${words.join} [secret]: refused`,
  ])
  expect(out).toContain('by a key that is not known here')
  expect(out).toContain('WHO signed it is not proven')
  expect(out).toMatch(/asked {7}\S+ by \S+: the shop opens/)
  expect(out).toMatch(/Kubernetes {2}1\.36\.3, release [0-9a-f]{12}/)
  expect(out).toMatch(/Ansible {5}2\.\d+\.\d+/)
  expect(out).toContain('spec        none before')
  expect(out).toMatch(/succeeded {2}check-hosts: Check that the hosts can become nodes/)
  expect(out).toMatch(/attempt 1 failed {2}\d\d:\d\d:\d\d\.\d{3} – \d\d:/)
  expect(out).toMatch(/step-failed {5}join-workers/)
  expect(out).not.toContain('TASK')
})

test('output is told step by step when it is asked for, and is filtered', async () => {
  const { out } = await shown(['--output', file])
  expect(out).toContain('── check-hosts, attempt 1')
  expect(out).toMatch(/TASK Say something/)
  const searched = await shown(['--step', 'join-workers', '--search', 'FAIL WITH', file])
  expect(searched.out).toContain('TASK Fail with the token')
  expect(searched.out).not.toContain('TASK Say something')
  expect(searched.out).not.toContain('check-hosts:')
  const { out: json } = await shown(['--json', '--host', 'web-2', file])
  const parts = json
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(parts[0].signature).toMatchObject({ trusted: false, operation })
  expect(parts.filter(({ line }) => line).every(({ line }) => line.host === 'web-2')).toBe(true)
  const nothing = await shown(['--step', 'none', file])
  expect([nothing.code, nothing.error]).toEqual([1, expect.stringContaining('there is no step none')])
})

test('with the public key it says that the signer is the right one, and refuses another’s', async () => {
  const right = await shown(['--key', key, file])
  expect([right.code, right.out]).toEqual([0, expect.stringContaining(`by the key in ${key}`)])
  expect(right.out).not.toContain('not proven')
  const wrong = join(elsewhere(), 'keys/record.pub.pem')
  const refused = await shown(['--key', wrong, file])
  expect([refused.code, refused.out]).toEqual([1, ''])
  expect(refused.error).toContain('and not by')
  expect((await shown(['--key', wrong, '--key', key, file])).code).toBe(0)
  expect((await shown(['--key', file, file])).error).toContain('is no public key')
})

test('the install where it happened knows its own key', async () => {
  const { out } = await shown([file], site.platform.install.dir)
  expect(out).toContain("by this install's own key")
})

test('one flipped bit is refused with its place, and nothing of the file is told', async () => {
  const bytes = await readFile(file)
  const middle = bytes.length >> 1
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  const { out, error, code } = await shown([await other('flipped.gz', bytes)])
  expect([code, out]).toEqual([1, ''])
  expect(error).toMatch(
    /was changed after it was signed, between the bytes \d+ and \d+ of \d+, which is after line/,
  )
})

test('one that was cut off is refused with the line after which it ends', async () => {
  const bytes = await readFile(file)
  const { out, error, code } = await shown([await other('cut.gz', bytes.subarray(0, bytes.length >> 1))])
  expect([code, out]).toEqual([1, ''])
  expect(error).toMatch(/is not whole: it was cut off or changed after line \d+ of its text/)
})

test('100,000 lines are read with little memory', { timeout: 60_000 }, async () => {
  const path = join(folder, 'large.gz')
  await pipeline(Readable.from(large(100_000)), createWriteStream(path))
  const child = slipway(['operation', 'show', '--output', path], {
    SLIPWAY_DATA_DIR: elsewhere(),
    NODE_OPTIONS: '--max-old-space-size=80',
  })
  let [lines, bytes] = [0, 0]
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1
  })
  const [error, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect([code, error]).toEqual([0, ''])
  expect(lines).toBeGreaterThan(100_000)
  // More than twice of what it may hold.
  expect(bytes).toBeGreaterThan(170 * 2 ** 20)
})

/** The exported record with so many lines of two kilobytes instead of its own, signed anew. */
async function* large(lines: number) {
  const { parts } = await openRecord(file)
  async function* batches(): AsyncGenerator<Part[]> {
    for await (const part of parts()) {
      if ('line' in part) break
      yield [part]
    }
    const one = { run: `${operation}.join-workers.1`, at: '', host: 'web-2', task: '', kind: 'line' }
    for (let first = 1; first <= lines; first += 1_000) {
      const of = (_: unknown, index: number) => ({
        ...one,
        sequence: first + index,
        text: randomBytes(1_000).toString('hex'),
      })
      yield Array.from({ length: 1_000 }, of).map((line) => ({ line }))
    }
    yield [{ end: { lines } }]
  }
  const { privateKey } = recordKey(randomBytes(32).toString('base64'))
  yield* writeRecord(batches(), { key: privateKey, operation, project: site.project, now: () => new Date() })
}

test('every secret that a run was given was said, and none is in the record', async () => {
  const content = gunzipSync(await readFile(file)).toString()
  for (const said of Object.values(words)) {
    expect(content).toMatch(new RegExp(`${said} \\[secret\\]`))
  }
  const { said: _said, ...canaries } = secrets
  const keys = join(site.platform.install.dir, 'keys')
  const files = ['root.key', 'api-gateway.seed', 'ansible-runner.seed', 'ansible-runner.database', 'ca.json']
  const ofInstall = await Promise.all(files.map((name) => readFile(join(keys, name), 'utf8')))
  const [, line = ''] = site.privateKey.split('\n')
  const [, clientKey = ''] = /client-key-data: (\S+)/.exec(plane.superAdmin) ?? []
  const all = [
    ...Object.values(canaries),
    ...ofInstall,
    ...(await clusterSecrets()),
    ...[line, clientKey, site.token, 'PRIVATE KEY'],
  ]
  for (const secret of all) {
    expect(secret.length).toBeGreaterThan(10)
    expect(content).not.toContain(secret)
    expect(content).not.toContain(Buffer.from(secret).toString('base64').slice(0, 24))
  }
  // Nothing sealed either: whoever has the root key could open it.
  for (const service of ['api-gateway', 'cluster-manager', 'ansible-runner', 'repo-proxy'])
    expect(content).not.toContain(`v1.${service}/`)
})

/** The cluster's encryption key, and the join token with its secret half, which only services can open. */
async function clusterSecrets(): Promise<string[]> {
  const client = new pg.Client({ connectionString: site.platform.databaseUrl })
  await client.connect()
  const clusters = await client.query('SELECT id, encryption_key FROM cluster_manager.cluster')
  const runs = await client.query(`SELECT exports FROM ansible_runner.run WHERE exports ? 'token'`)
  await client.end()
  const opened = async (
    service: 'ansible-runner' | 'cluster-manager',
    sealed: string,
    at: Omit<Where, 'project'>,
  ) => {
    const seed = await readFile(join(site.platform.install.dir, `keys/${service}.seed`), 'utf8')
    return open(await serviceKey(service, seed.trim()), sealed, { project: site.project, ...at })
  }
  const [cluster] = clusters.rows
  const encryption = { object: cluster.id, field: 'slipway_encryption_key' }
  const token = await opened('cluster-manager', runs.rows[0].exports.token, {
    object: operation,
    field: 'token',
  })
  expect(token).toMatch(/^[0-9a-f]{6}\.[0-9a-z]{16}$/)
  return [await opened('ansible-runner', cluster.encryption_key, encryption), token, token.slice(7)]
}

/** Another file beside it. */
async function other(name: string, bytes: Buffer): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, bytes)
  return path
}
