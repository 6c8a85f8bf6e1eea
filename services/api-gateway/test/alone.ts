import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { environmentOf } from '@slipway/install'
import { start, stop } from '@slipway/process'
import { type Platform, startPlatform } from '@slipway/testing'
import { type Behind, startBehind } from './behind.ts'
import { type Rest, restClient } from './rest-client.ts'

/** A gateway in a process of its own, whose memory can be looked at. */
export type AloneGateway = {
  platform: Platform
  behind: Behind
  url: string
  ca: string
  rest: Rest
  admin: string
  /** Resident memory in MiB. */
  memory: () => Promise<number>
  stop: () => Promise<void>
}

const main = join(import.meta.dirname, '../src/main.ts')

/** Starts it with `more` settings, and enrols the first administrator. */
export async function startAlone(more: Record<string, string> = {}): Promise<AloneGateway> {
  const platform = await startPlatform()
  const behind = await startBehind(platform)
  const { install, databaseUrl, natsUrl, dir } = platform
  const enrolmentFile = join(dir, 'first-administrator')
  const env = {
    ...environmentOf(install, 'api-gateway', { databaseUrl, natsUrl, logLevel: 'warn' }),
    SLIPWAY_REST_LISTEN: '127.0.0.1:0',
    SLIPWAY_GRPC_LISTEN: '127.0.0.1:0',
    SLIPWAY_CLUSTER_MANAGER: behind.addresses.clusterManager,
    SLIPWAY_ANSIBLE_RUNNER: behind.addresses.ansibleRunner,
    SLIPWAY_REPO_PROXY: behind.addresses.repoProxy,
    SLIPWAY_NATS_ACCOUNT_SEED: install.natsAccountSeedFile,
    SLIPWAY_ENROLMENT_FILE: enrolmentFile,
    ...more,
  }
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const child = start([process.execPath, main], {
    env,
    onLine: (line, stream) => stream === 'stdout' && resolve(line),
  })
  child.ended.then(({ stderr }) => reject(new Error(stderr)))
  const { addresses } = JSON.parse(await promise)
  const { ca } = await platform.tlsOf('api-gateway')
  const rest = restClient(addresses.rest, ca)
  const code = (await readFile(enrolmentFile, 'utf8')).trim()
  const { secret } = (await rest('POST', '/enrolments', { body: { code } })).json
  return {
    ...{ platform, behind, ca, rest },
    url: addresses.rest,
    admin: secret,
    memory: async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
    },
    stop: async () => {
      await stop(child)
      await behind.stop()
      await platform.stop()
    },
  }
}
