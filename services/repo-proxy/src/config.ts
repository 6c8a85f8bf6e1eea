import { Type } from '@sinclair/typebox'
import { readConfig } from '@slipway/config'
import { type Foundation, foundationSettings, readFoundation } from '@slipway/service'

const schema = Type.Object({
  ...foundationSettings,
  SLIPWAY_REPO_LISTEN: Type.String({
    description: 'host:port where nodes download; 0.0.0.0:0 takes a free port on every address.',
    default: '127.0.0.1:0',
  }),
  SLIPWAY_REPO_DIR: Type.String({ description: 'Folder of the stored bytes.', minLength: 1 }),
  SLIPWAY_REPO_NAME: Type.String({
    description: 'DNS name by which nodes reach it; it stands in the certificate.',
    default: 'repo.slipway.internal',
  }),
  SLIPWAY_REPO_ADDRESSES: Type.String({
    description: 'Comma-separated IP addresses at which nodes reach it.',
    default: '127.0.0.1',
  }),
})

/** What repo-proxy is started with. */
export type RepoProxyConfig = {
  foundation: Foundation
  listen: string
  dir: string
  name: string
  addresses: readonly string[]
}

/** Reads the settings of repo-proxy from an environment; all problems together. */
export function readRepoProxyConfig(env: Record<string, string | undefined>): RepoProxyConfig {
  const settings = readConfig(schema, env)
  return {
    foundation: readFoundation(settings),
    listen: settings.SLIPWAY_REPO_LISTEN,
    dir: settings.SLIPWAY_REPO_DIR,
    name: settings.SLIPWAY_REPO_NAME,
    addresses: settings.SLIPWAY_REPO_ADDRESSES.split(',')
      .map((address) => address.trim())
      .filter((address) => address !== ''),
  }
}
