import { X509Certificate } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { migrate } from '@slipway/database'
import { ownerOf, startPostgres } from '@slipway/embedded'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSettings } from '../config.ts'
import { init } from './init.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-init-'))
  await chmod(dir, 0o755)
})
afterAll(() => rm(dir, { recursive: true, force: true }))

test('init writes what a NATS of one’s own needs, for its own name and for nobody else’s eyes', async () => {
  const data = join(dir, 'keys-only')
  await init({ ...readSettings(), SLIPWAY_DATA_DIR: data, SLIPWAY_NATS_URL: 'tls://nats.example:4222' })
  const file = join(data, 'keys/nats.conf')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const conf = await readFile(file, 'utf8')
  for (const word of ['operator:', 'resolver_preload', 'system_account:', 'tls {'])
    expect(conf).toContain(word)
  const certificate = new X509Certificate(await readFile(join(data, 'keys/nats.cert.pem')))
  expect(certificate.checkHost('nats.example')).toBe('nats.example')
})

test('with both servers it makes the roles, and an environment that lets each service into its own schema', async () => {
  const data = join(dir, 'all')
  const owner = await ownerOf('slipway')
  const postgres = await startPostgres({
    dir: join(dir, 'postgres'),
    password: 'admin',
    owner,
    durable: false,
  })
  try {
    const said = await init({
      ...readSettings(),
      SLIPWAY_DATA_DIR: data,
      SLIPWAY_DATABASE_URL: postgres.url,
      SLIPWAY_NATS_URL: 'tls://nats.example:4222',
    })
    expect(said.join('\n')).toContain('cluster-manager.env')
    const file = join(data, 'keys/cluster-manager.env')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const { SLIPWAY_DATABASE_URL: url = '' } = parseEnv(await readFile(file, 'utf8'))
    const folder = join(import.meta.dirname, '../../../../services/cluster-manager/prisma/migrations')
    await migrate({ url, schema: 'cluster_manager', folder })
  } finally {
    await postgres.stop()
  }
})
