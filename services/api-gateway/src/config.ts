import { type Static, Type } from '@sinclair/typebox'
import { readConfig } from '@slipway/config'
import { type Foundation, foundationSettings, readFoundation, tellableSettings } from '@slipway/service'

const settings = Type.Object({
  ...foundationSettings,
  SLIPWAY_REST_LISTEN: Type.String({ description: 'host:port of REST.', default: '127.0.0.1:8443' }),
  SLIPWAY_GRPC_LISTEN: Type.String({
    description: 'host:port of the public gRPC.',
    default: '127.0.0.1:8444',
  }),
  SLIPWAY_CLUSTER_MANAGER: Type.String({
    description:
      "host:port of cluster-manager's gRPC; several replicas as ipv4:<address>:<port>,<address>:<port>.",
  }),
  SLIPWAY_ANSIBLE_RUNNER: Type.String({ description: "host:port of ansible-runner's gRPC." }),
  SLIPWAY_REPO_PROXY: Type.String({ description: "host:port of repo-proxy's gRPC." }),
  SLIPWAY_NATS_PUBLIC_URL: Type.Optional(
    Type.String({ description: "URL at which external subscribers reach NATS; this service's own without." }),
  ),
  SLIPWAY_NATS_ACCOUNT_SEED: Type.String({
    description: "File with the seed of the NATS account's key, which signs subscribers' credentials.",
  }),
  SLIPWAY_ENROLMENT_FILE: Type.String({
    description: "File that the first administrator's one-time code is written to.",
  }),
  SLIPWAY_CONSOLE_DIR: Type.Optional(
    Type.String({ description: 'Folder of the built console; without it there is only the API.' }),
  ),
  SLIPWAY_INSTALL_DIR: Type.Optional(
    Type.String({
      description: 'Data folder of the install where it is on this machine: its disks are watched.',
    }),
  ),
  SLIPWAY_RATE_PRINCIPAL: Type.Integer({
    description: 'Calls per second that one person may make, at each replica.',
    default: 500,
    minimum: 1,
  }),
  SLIPWAY_RATE_SOURCE: Type.Integer({
    description: 'Calls per second that may come from one address, at each replica.',
    default: 1000,
    minimum: 1,
  }),
  SLIPWAY_STALLED_SECONDS: Type.Integer({
    description:
      'A reader of a stream who takes nothing for so many seconds is cut off, and may go on after its cursor.',
    default: 60,
    minimum: 1,
  }),
  SLIPWAY_SIGN_INS: Type.Integer({
    description:
      'Tries to sign in that may come from one address at once, then one a second, at each replica.',
    default: 60,
    minimum: 1,
  }),
  SLIPWAY_REFUSALS: Type.Integer({
    description:
      'Refusals without a valid token that are recorded of one address at once, then one a second.',
    default: 600,
    minimum: 1,
  }),
})

/**
 * How many calls a second are answered, twice as many at once; and how many tries to sign in and refusals of strangers come
 * at once from one address, then one a second.
 */
export type Rates = { principal: number; source: number; signIns: number; refusals: number }

/** What api-gateway is started with. */
export type GatewayConfig = {
  foundation: Foundation
  restListen: string
  grpcListen: string
  upstreams: { clusterManager: string; ansibleRunner: string; repoProxy: string }
  natsPublicUrl: string
  natsAccountSeedFile: string
  enrolmentFile: string
  /** Folder of the built console, where it is served. */
  consoleDir: string | undefined
  /** Data folder of the install, where it is on this machine. */
  installDir: string | undefined
  rates: Rates
  stalledMs: number
}

/** What of it may be told to anybody who helps: only what stands here. */
export function tellableGatewaySettings(config: GatewayConfig): Record<string, string> {
  const { foundation, restListen, grpcListen, rates, stalledMs, consoleDir } = config
  return {
    ...tellableSettings(foundation),
    SLIPWAY_REST_LISTEN: restListen,
    SLIPWAY_GRPC_LISTEN: grpcListen,
    SLIPWAY_RATE_PRINCIPAL: String(rates.principal),
    SLIPWAY_RATE_SOURCE: String(rates.source),
    SLIPWAY_STALLED_SECONDS: String(stalledMs / 1000),
    SLIPWAY_CONSOLE_DIR: consoleDir === undefined ? 'not set' : 'set',
  }
}

/** Reads the configuration from an environment. */
export function readApiGatewayConfig(env: Record<string, string | undefined>): GatewayConfig {
  const read: Static<typeof settings> = readConfig(settings, env)
  const foundation = readFoundation(read)
  return {
    foundation,
    restListen: read.SLIPWAY_REST_LISTEN,
    grpcListen: read.SLIPWAY_GRPC_LISTEN,
    upstreams: {
      clusterManager: read.SLIPWAY_CLUSTER_MANAGER,
      ansibleRunner: read.SLIPWAY_ANSIBLE_RUNNER,
      repoProxy: read.SLIPWAY_REPO_PROXY,
    },
    natsPublicUrl: read.SLIPWAY_NATS_PUBLIC_URL ?? foundation.nats.url,
    natsAccountSeedFile: read.SLIPWAY_NATS_ACCOUNT_SEED,
    consoleDir: read.SLIPWAY_CONSOLE_DIR,
    installDir: read.SLIPWAY_INSTALL_DIR,
    enrolmentFile: read.SLIPWAY_ENROLMENT_FILE,
    rates: {
      principal: read.SLIPWAY_RATE_PRINCIPAL,
      source: read.SLIPWAY_RATE_SOURCE,
      signIns: read.SLIPWAY_SIGN_INS,
      refusals: read.SLIPWAY_REFUSALS,
    },
    stalledMs: read.SLIPWAY_STALLED_SECONDS * 1_000,
  }
}
