import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { gunzipSync } from 'node:zlib'
import { makeInstall } from '@slipway/install'
import { open, serviceKey } from '@slipway/secrets'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { secrets, startTracedSite, type TracedSite } from './traced-site.ts'

// A create that fails on a real host is exported from the install where it happened, and read on another.
let site: TracedSite
let folder: string
let file: string
let key: string
let operation: string
beforeAll(async () => {
  site = await startTracedSite()
  folder = await mkdtemp(join(tmpdir(), 'slipway-elsewhere-'))
  await makeInstall({ dir: elsewhere(), names: { dns: [], ips: [] }, now: Date.now() })
  const post = async (path: string, body: object) => {
    const answer = await site.rest('POST', `/projects/${site.project}${path}`, { token: site.token, body })
    expect(answer.status, answer.text).toBeLessThan(300)
    return answer.json
  }
  const { credential } = site
  const host = await post('/hosts', { name: 'web-1', address: '198.51.100.7', credential, profile: 'lab' })
  await site.collector.until((spans) => spans.some(({ name }) => name === 'Run facts.yml'))
  const spec = { kubernetesVersion: '1.36.3', nodes: [{ host: host.id, role: 'control-plane' }] }
  await site.letChecksEnd()
  operation = (await post('/clusters', { name: 'shop', spec, reason: 'the shop opens' })).operation.id
  const about = ['--project', site.project, '--id', operation]
  // It ends with the operation, and with 1 where that failed.
  expect(await fromSite(join(folder, 'watched'), ['operation', 'watch', ...about])).toEqual({
    code: 1,
    said: '',
  })
  ;[file, key] = [join(folder, 'record.gz'), join(folder, 'key.pem')]
  expect(await fromSite(file, ['operation', 'export', ...about])).toEqual({ code: 0, said: '' })
  expect(await fromSite(key, ['operation', 'get-record-key'])).toEqual({ code: 0, said: '' })
})
afterAll(async () => {
  await site?.stop()
  if (folder) await rm(folder, { recursive: true, force: true })
})

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
  expect(lines[0]).toBe('create-cluster of shop: FAILED')
  expect(lines.slice(3, 6)).toEqual([
    'First error in step prepare-nodes:',
    '  web-1, Fail with words',
    `  ${secrets.said}`,
  ])
  expect(out).toContain('by a key that is not known here')
  expect(out).toContain('WHO signed it is not proven')
  expect(out).toMatch(/asked {7}\S+ by \S+: the shop opens/)
  expect(out).toMatch(/Kubernetes {2}1\.36\.3, release [0-9a-f]{12}/)
  expect(out).toMatch(/Ansible {5}2\.\d+\.\d+/)
  expect(out).toContain('spec        none before')
  expect(out).toMatch(/succeeded {2}check-hosts: Check that the hosts can become nodes/)
  expect(out).toMatch(/attempt 1 failed {2}\d\d:\d\d:\d\d\.\d{3} – \d\d:/)
  expect(out).toMatch(/step-failed {5}prepare-nodes/)
  expect(out).not.toContain('TASK')
})

test('output is told step by step when it is asked for, and is filtered', async () => {
  const { out } = await shown(['--output', file])
  expect(out).toContain('── check-hosts, attempt 1')
  expect(out).toMatch(/TASK Say something/)
  const searched = await shown(['--step', 'prepare-nodes', '--search', 'FAIL WITH', file])
  expect(searched.out).toContain('TASK Fail with words')
  expect(searched.out).not.toContain('TASK Say something')
  expect(searched.out).not.toContain('check-hosts:')
  const { out: json } = await shown(['--json', '--host', 'web-1', file])
  const parts = json
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(parts[0].signature).toMatchObject({ trusted: false, operation })
  expect(parts.filter(({ line }) => line).every(({ line }) => line.host === 'web-1')).toBe(true)
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

test('one flipped bit is refused, and nothing of the file is told', async () => {
  const bytes = await readFile(file)
  const middle = bytes.length >> 1
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  const other = join(folder, 'flipped.gz')
  await writeFile(other, bytes)
  const { out, error, code } = await shown([other])
  expect([code, out]).toEqual([1, ''])
  expect(error).toContain('was changed after it was signed')
})

test('no secret of the install, the hosts or the cluster is in it', async () => {
  const content = gunzipSync(await readFile(file)).toString()
  expect(content).toContain('Use the secrets that a run has')
  const { said: _said, ...canaries } = secrets
  const keys = join(site.platform.install.dir, 'keys')
  const files = ['root.key', 'api-gateway.seed', 'ansible-runner.seed', 'ansible-runner.database', 'ca.json']
  const ofInstall = await Promise.all(files.map((name) => readFile(join(keys, name), 'utf8')))
  const encryptionKey = await openedEncryptionKey(ofInstall[2] ?? '')
  const [, line = ''] = site.privateKey.split('\n')
  const all = [...Object.values(canaries), ...ofInstall, encryptionKey, line, site.token, 'PRIVATE KEY']
  for (const secret of all) {
    expect(secret.length).toBeGreaterThan(10)
    expect(content).not.toContain(secret)
    expect(content).not.toContain(Buffer.from(secret).toString('base64').slice(0, 24))
  }
  // Nothing sealed either: whoever has the root key could open it.
  expect(content).not.toContain('v1.ansible-runner/')
  expect(content).not.toContain('v1.cluster-manager/')
})

/** The cluster's encryption key, as only ansible-runner can read it. */
async function openedEncryptionKey(seed: string): Promise<string> {
  const client = new pg.Client({ connectionString: site.platform.databaseUrl })
  await client.connect()
  const { rows } = await client.query('SELECT id, encryption_key FROM cluster_manager.cluster')
  await client.end()
  const where = { project: site.project, object: rows[0].id, field: 'slipway_encryption_key' }
  return open(await serviceKey('ansible-runner', seed.trim()), rows[0].encryption_key, where)
}
