import { isIP } from 'node:net'
import { type Install, makeInstall } from '@slipway/install'
import type { Settings } from '../config.ts'

/** Makes what is missing of this install, with certificates that show every name by which its doors are reached. */
export function ensureInstall(settings: Settings): Promise<Install> {
  const { SLIPWAY_DATA_DIR: dir, SLIPWAY_ADDRESS: address, SLIPWAY_NATS_URL: nats } = settings
  const reached = nats ? [address, new URL(nats).hostname] : [address]
  const ips = reached.filter((name) => isIP(name) && name !== '127.0.0.1')
  const dns = ['repo.slipway.internal', ...reached.filter((name) => !isIP(name))]
  return makeInstall({ dir, names: { dns, ips: [...new Set(ips)] }, now: Date.now() })
}
