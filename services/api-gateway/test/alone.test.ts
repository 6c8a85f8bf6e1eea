import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { environmentOf } from '@slipway/install'
import { start, stop } from '@slipway/process'
import { type Platform, startPlatform } from '@slipway/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { restClient } from './rest-client.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

const main = join(import.meta.dirname, '../src/main.ts')

test('main.ts runs alone, says where it listens and stops when it is told to', async () => {
  const { install, databaseUrl, natsUrl, dir } = platform
  const enrolmentFile = join(dir, 'first-administrator')
  const nobody = '127.0.0.1:1'
  const env = {
    ...environmentOf(install, 'api-gateway', { databaseUrl, natsUrl, logLevel: 'warn' }),
    SLIPWAY_REST_LISTEN: '127.0.0.1:0',
    SLIPWAY_GRPC_LISTEN: '127.0.0.1:0',
    SLIPWAY_CLUSTER_MANAGER: nobody,
    SLIPWAY_ANSIBLE_RUNNER: nobody,
    SLIPWAY_REPO_PROXY: nobody,
    SLIPWAY_NATS_ACCOUNT_SEED: install.natsAccountSeedFile,
    SLIPWAY_ENROLMENT_FILE: enrolmentFile,
  }
  let said = ''
  const { promise, resolve } = Promise.withResolvers<string>()
  const child = start([process.execPath, main], {
    env,
    onLine: (line, stream) => {
      if (stream === 'stdout') resolve(line)
      else said += line
    },
  })
  const { addresses } = JSON.parse(await promise)
  const rest = restClient(addresses.rest, (await platform.tlsOf('api-gateway')).ca)
  expect((await rest('GET', '/readyz')).status).toBe(200)

  const code = (await readFile(enrolmentFile, 'utf8')).trim()
  expect((await stat(enrolmentFile)).mode & 0o777).toBe(0o600)
  expect(said.split(code).length - 1).toBe(1)
  const { secret } = (await rest('POST', '/enrolments', { body: { code } })).json
  const down = await rest('GET', '/versions', { token: secret })
  expect([down.status, down.json.code, down.headers['retry-after']]).toEqual([503, 'Unavailable', '1'])
  expect(down.json.detail).toBe('A service of Slipway that this needs is not reached.')

  const ending = await stop(child)
  expect([ending.exitCode, ending.cause]).toEqual([0, 'exit'])
})

test('what is not set is said by name, all at once', async () => {
  const ending = await start([process.execPath, main], { env: {} }).ended
  expect(ending.exitCode).toBe(1)
  for (const name of ['SLIPWAY_DATABASE_URL', 'SLIPWAY_CLUSTER_MANAGER', 'SLIPWAY_ENROLMENT_FILE']) {
    expect(ending.stderr).toContain(`${name}: is not set`)
  }
})
