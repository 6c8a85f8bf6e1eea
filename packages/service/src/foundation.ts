import { type Static, Type } from '@sinclair/typebox'
import type { Tls } from '@slipway/rpc'
import { type PublicKeys, type ServiceKey, serviceKey } from '@slipway/secrets'
import { createLog } from '@slipway/telemetry'
import { readInstallFile, readTls } from './tls.ts'

/** What every service is started with, as environment variables. */
export const foundationSettings = {
  SLIPWAY_DATABASE_URL: Type.String({ description: "postgresql:// URL with this service's own role." }),
  SLIPWAY_NATS_URL: Type.String({ description: 'nats:// or tls:// URL.' }),
  SLIPWAY_NATS_CREDS: Type.String({ description: "File with this service's own NATS credentials." }),
  SLIPWAY_CA: Type.String({ description: "File with the certificate of the install's CA." }),
  SLIPWAY_CERT: Type.String({ description: "File with this service's certificate." }),
  SLIPWAY_KEY: Type.String({ description: "File with the key of this service's certificate." }),
  SLIPWAY_SEED: Type.String({ description: "File with the seed of this service's sealing key." }),
  SLIPWAY_PUBLIC_KEYS: Type.String({ description: "File with the services' public sealing keys." }),
  SLIPWAY_RPC_LISTEN: Type.String({ description: 'host:port of the gRPC server.', default: '127.0.0.1:0' }),
  SLIPWAY_LOG_LEVEL: Type.String({ default: 'info' }),
  SLIPWAY_OTLP: Type.Optional(
    Type.String({ description: 'http:// URL of an OTLP collector; tracing is off without.' }),
  ),
}
const schema = Type.Object(foundationSettings)

/** The same, as the rest of a service knows it. */
export type Foundation = {
  databaseUrl: string
  nats: { url: string; credsFile: string; caFile: string }
  files: { ca: string; cert: string; key: string; seed: string; publicKeys: string }
  rpcListen: string
  logLevel: string
  otlp: string | undefined
}

/** Contents of the files that a foundation names; the certificate follows its files. */
export type Material = { tls: Tls; key: ServiceKey; publicKeys: PublicKeys }

/** From settings as read to a foundation. */
export function readFoundation(settings: Static<typeof schema>): Foundation {
  return {
    databaseUrl: settings.SLIPWAY_DATABASE_URL,
    nats: {
      url: settings.SLIPWAY_NATS_URL,
      credsFile: settings.SLIPWAY_NATS_CREDS,
      caFile: settings.SLIPWAY_CA,
    },
    files: {
      ca: settings.SLIPWAY_CA,
      cert: settings.SLIPWAY_CERT,
      key: settings.SLIPWAY_KEY,
      seed: settings.SLIPWAY_SEED,
      publicKeys: settings.SLIPWAY_PUBLIC_KEYS,
    },
    rpcListen: settings.SLIPWAY_RPC_LISTEN,
    logLevel: settings.SLIPWAY_LOG_LEVEL,
    otlp: settings.SLIPWAY_OTLP,
  }
}

/** What of a foundation may be told to anybody who helps: only what stands here, and no URL, as those may hold a password. */
export function tellableSettings({ rpcListen, logLevel, otlp }: Foundation): Record<string, string> {
  return {
    SLIPWAY_RPC_LISTEN: rpcListen,
    SLIPWAY_LOG_LEVEL: logLevel,
    SLIPWAY_OTLP: otlp === undefined ? 'not set' : 'set',
  }
}

/** Reads the certificate, keys and CA of a service. */
export async function readMaterial(service: string, foundation: Foundation): Promise<Material> {
  const { files, logLevel } = foundation
  const [tls, seed, publicKeys] = await Promise.all([
    readTls(files, { log: createLog(service, logLevel) }),
    readInstallFile(files.seed),
    readInstallFile(files.publicKeys),
  ])
  return {
    tls,
    key: await serviceKey(service, seed.trim()),
    publicKeys: JSON.parse(publicKeys) as PublicKeys,
  }
}
