import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import { readConfig } from '@slipway/config'
import { createAuthority, createRootKey, publicKeysOf, recordKey, serviceSeed } from '@slipway/secrets'
import { type Foundation, foundationSettings, readFoundation, type TlsFiles } from '@slipway/service'
import { type CertificatePlan, renewCertificates } from './certificates.ts'
import { readIfThere, replace } from './file.ts'
import { createNatsTrust, createServiceCredentials, type NatsTrust, natsSettings } from './nats.ts'

/** The services of an install. */
export const serviceNames = ['api-gateway', 'cluster-manager', 'ansible-runner', 'repo-proxy'] as const
export type ServiceName = (typeof serviceNames)[number]

/** An install's keys, certificates and credentials, all below one folder. */
export type Install = {
  dir: string
  rootKeyFile: string
  caFile: string
  /** What `renewCertificates` and `keepCertificates` look after. */
  certificates: CertificatePlan
  /** NATS' certificate. */
  natsTls: TlsFiles
  /** Configuration text for nats-server. */
  natsSettings: string
  /** The same in a file, for a nats-server of one's own to include. */
  natsSettingsFile: string
  /** Signs credentials of external subscribers; api-gateway's own. */
  natsAccountSeedFile: string
  /** The administrator's password of an embedded PostgreSQL. */
  postgresPassword: string
  databasePasswords: Record<string, string>
}

/**
 * Makes what is missing of an install below `dir`, and renews certificates near their end or without a wanted name.
 * `names` are more DNS names and addresses for the certificates of the doors: gateway, repo-proxy, NATS.
 */
export async function makeInstall(options: {
  dir: string
  names: { dns: readonly string[]; ips: readonly string[] }
  now: number
}): Promise<Install> {
  const { dir, names, now } = options
  await mkdir(join(dir, 'keys'), { recursive: true, mode: 0o700 })
  const file = (name: string) => join(dir, 'keys', name)
  const rootKey = await once(file('root.key'), async () => createRootKey())
  const authority = JSON.parse(
    await once(file('ca.json'), async () => JSON.stringify(await createAuthority('Slipway', now))),
  )
  await once(file('ca.pem'), async () => authority.cert)
  const certificates = {
    dir,
    holders: [...serviceNames, 'nats'],
    names: { dns: ['localhost', ...names.dns], ips: ['127.0.0.1', ...names.ips] },
  }
  await renewCertificates(certificates, now)
  const natsTls = { ca: file('ca.pem'), cert: file('nats.cert.pem'), key: file('nats.key.pem') }
  const trust: NatsTrust = JSON.parse(
    await once(file('nats.json'), async () => JSON.stringify(await createNatsTrust())),
  )
  await once(file('nats-account.seed'), async () => trust.accountSeed)
  const seeds: Record<string, string> = {}
  const databasePasswords: Record<string, string> = {}
  for (const service of serviceNames) {
    seeds[service] = await once(file(`${service}.seed`), async () => serviceSeed(rootKey, service))
    databasePasswords[service] = await once(file(`${service}.database`), newPassword)
    await once(file(`${service}.creds`), () => createServiceCredentials(trust, service))
  }
  const settings = natsSettings(trust, natsTls)
  await replace(file('nats.conf'), `${settings}\n`)
  await replace(file('public-keys.json'), JSON.stringify(await publicKeysOf(seeds)))
  await replace(file('record.pub.pem'), recordKey(seeds['api-gateway'] ?? '').publicKey)
  return {
    dir,
    rootKeyFile: file('root.key'),
    caFile: file('ca.pem'),
    certificates,
    natsTls,
    natsSettings: settings,
    natsSettingsFile: file('nats.conf'),
    natsAccountSeedFile: file('nats-account.seed'),
    postgresPassword: await once(file('postgres.password'), newPassword),
    databasePasswords,
  }
}

/** PostgreSQL's name for a service's role and schema. */
function databaseName(service: string): string {
  return service.replaceAll('-', '_')
}

/** One database role and schema per service. */
export function databaseRoles(install: Install): { name: string; password: string }[] {
  return Object.entries(install.databasePasswords).map(([service, password]) => ({
    name: databaseName(service),
    password,
  }))
}

/** Where an install's servers are, and how a service is to behave. `databaseUrl` is any URL of the server. */
export type Surroundings = {
  databaseUrl: string
  natsUrl: string
  rpcListen?: string
  logLevel?: string
  otlp?: string
}

/** The environment that a service of this install is started with; see `foundationSettings` of @slipway/service. */
export function environmentOf(
  install: Install,
  service: ServiceName,
  at: Surroundings,
): Record<string, string> {
  const url = new URL(at.databaseUrl)
  url.username = databaseName(service)
  url.password = install.databasePasswords[service] ?? ''
  const file = (name: string) => join(install.dir, 'keys', name)
  return {
    SLIPWAY_DATABASE_URL: url.toString(),
    SLIPWAY_NATS_URL: at.natsUrl,
    SLIPWAY_NATS_CREDS: file(`${service}.creds`),
    SLIPWAY_CA: install.caFile,
    SLIPWAY_CERT: file(`${service}.cert.pem`),
    SLIPWAY_KEY: file(`${service}.key.pem`),
    SLIPWAY_SEED: file(`${service}.seed`),
    SLIPWAY_PUBLIC_KEYS: file('public-keys.json'),
    SLIPWAY_RPC_LISTEN: at.rpcListen ?? '127.0.0.1:0',
    SLIPWAY_LOG_LEVEL: at.logLevel ?? 'info',
    ...(at.otlp ? { SLIPWAY_OTLP: at.otlp } : {}),
  }
}

/** The same, as a service's own code knows it. */
export function foundationOf(install: Install, service: ServiceName, at: Surroundings): Foundation {
  return readFoundation(readConfig(Type.Object(foundationSettings), environmentOf(install, service, at)))
}

async function newPassword(): Promise<string> {
  return randomBytes(24).toString('base64url')
}

/** Reads a file, making it first when it is not there. */
async function once(file: string, make: () => Promise<string>): Promise<string> {
  const known = await readIfThere(file)
  if (known !== undefined) return known
  const text = await make()
  await replace(file, text)
  return text
}
