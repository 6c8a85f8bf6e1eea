import { join } from 'node:path'
import { environmentOf } from '@slipway/install'
import { start, stop } from '@slipway/process'
import type { Platform } from '@slipway/testing'
import type { GatewayConfig } from '../src/config.ts'

const root = join(import.meta.dirname, '../../..')

/** cluster-manager as it is, in a process of its own. */
export type Manager = { address: string; hasEnded: () => boolean; stop: () => Promise<unknown> }

/** Starts it beside the other services of a gateway. */
export async function startManager(
  { install }: Platform,
  { upstreams: { ansibleRunner, repoProxy } }: GatewayConfig,
  at: { databaseUrl: string; natsUrl: string },
): Promise<Manager> {
  const env = {
    ...environmentOf(install, 'cluster-manager', { ...at, logLevel: 'error' }),
    SLIPWAY_RPC_LISTEN: '127.0.0.1:0',
    SLIPWAY_ANSIBLE_RUNNER: ansibleRunner,
    SLIPWAY_REPO_PROXY: repoProxy,
    SLIPWAY_RELEASES: join(root, 'infra/releases'),
  }
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let hasEnded = false
  const child = start([process.execPath, join(root, 'services/cluster-manager/src/main.ts')], {
    env,
    onLine: (line, stream) => stream === 'stdout' && resolve(line),
  })
  child.ended.then(({ stderr }) => {
    hasEnded = true
    reject(new Error(stderr))
  })
  const { addresses } = JSON.parse(await promise)
  return { address: addresses.rpc, hasEnded: () => hasEnded, stop: () => stop(child) }
}
