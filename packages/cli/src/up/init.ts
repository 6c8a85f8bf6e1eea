import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { provision } from '@slipway/database'
import { databaseRoles, environmentOf, type Install, serviceNames } from '@slipway/install'
import type { Settings } from '../config.ts'
import { ensureInstall } from './install.ts'

/**
 * `slipway init`: makes keys, certificates and the settings for a NATS of one's own without starting anything. With the
 * URLs of both servers it also makes the database roles and an environment file for each service. Answers what it made.
 */
export async function init(settings: Settings): Promise<string[]> {
  const install = await ensureInstall(settings)
  const said = [
    `The root key is ${install.rootKeyFile}: back it up, no secret opens without it.`,
    `nats-server includes ${install.natsSettingsFile}.`,
  ]
  const { SLIPWAY_DATABASE_URL: databaseUrl, SLIPWAY_NATS_URL: natsUrl } = settings
  if (!databaseUrl || !natsUrl) return said
  await provision(databaseUrl, databaseRoles(install))
  const files = await writeEnvironments(install, {
    databaseUrl,
    natsUrl,
    logLevel: settings.SLIPWAY_LOG_LEVEL,
    otlp: settings.SLIPWAY_OTLP,
  })
  return [...said, `Services start with ${files.join(', ')} and their own settings.`]
}

async function writeEnvironments(
  install: Install,
  at: Parameters<typeof environmentOf>[2],
): Promise<string[]> {
  return Promise.all(
    serviceNames.map(async (service) => {
      const file = join(install.dir, 'keys', `${service}.env`)
      const lines = Object.entries(environmentOf(install, service, at)).map(
        ([name, value]) => `${name}=${value}\n`,
      )
      await writeFile(file, lines.join(''), { mode: 0o600 })
      return file
    }),
  )
}
