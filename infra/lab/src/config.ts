import { homedir } from 'node:os'
import { join } from 'node:path'

/** What the environment says about the lab. The only place that reads it. */
export type LabConfig = {
  /** Where base trees are kept, outside any checkout. */
  cacheDir: string
  /** Debian mirror for the hosts' trees; unset: the one this machine's apt uses. */
  mirror: string | undefined
  /** Proxy variables, passed to debootstrap and apt as they are. */
  proxy: Record<string, string>
}

/** Reads `SLIPWAY_CACHE`, `SLIPWAY_DEBIAN_MIRROR` and the usual proxy variables. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): LabConfig {
  return {
    cacheDir: env.SLIPWAY_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'slipway'),
    mirror: env.SLIPWAY_DEBIAN_MIRROR || undefined,
    proxy: Object.fromEntries(
      ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'].flatMap((name) => {
        const value = env[name]
        return value ? [[name, value]] : []
      }),
    ),
  }
}
