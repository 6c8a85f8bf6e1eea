import { join } from 'node:path'

/** What the program reads from its environment. */
export type Config = {
  cacheDir: string
  releasesDir: string
  env: Readonly<Record<string, string | undefined>>
  repo: { baseUrl: string; caFile: string; tokenFile: string }
}

/** The one place of this package that reads the environment. */
export function readConfig(): Config {
  const { SLIPWAY_CACHE, XDG_CACHE_HOME, HOME = '/', SLIPWAY_RELEASES } = process.env
  const { SLIPWAY_REPO_URL = '', SLIPWAY_REPO_CA_FILE = '', SLIPWAY_REPO_TOKEN_FILE = '' } = process.env
  return {
    cacheDir: SLIPWAY_CACHE ?? join(XDG_CACHE_HOME ?? join(HOME, '.cache'), 'slipway'),
    releasesDir: SLIPWAY_RELEASES ?? join(import.meta.dirname, '../../../infra/releases'),
    env: { ...process.env },
    repo: { baseUrl: SLIPWAY_REPO_URL, caFile: SLIPWAY_REPO_CA_FILE, tokenFile: SLIPWAY_REPO_TOKEN_FILE },
  }
}
