import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import { readConfig } from '@slipway/config'
import { type Foundation, foundationSettings, readFoundation } from '@slipway/service'

const schema = Type.Object({
  ...foundationSettings,
  SLIPWAY_ANSIBLE_RUNNER: Type.String({ description: "host:port of ansible-runner's gRPC server." }),
  SLIPWAY_REPO_PROXY: Type.String({ description: "host:port of repo-proxy's gRPC server." }),
  SLIPWAY_RELEASES: Type.String({ description: 'Folder with release manifests: infra/releases.' }),
  SLIPWAY_HOST_PROFILES: Type.Optional(
    Type.String({ description: 'Folder with host profiles, <name>.yaml; there are none without.' }),
  ),
  SLIPWAY_MANIFESTS: Type.String({
    description: 'Folder with what is applied inside clusters: infra/kubernetes.',
    default: join(import.meta.dirname, '../../../infra/kubernetes'),
  }),
  SLIPWAY_OWN_ADDRESSES: Type.String({
    description: 'More addresses that Slipway answers on, with commas; none of them can be a host.',
    default: '',
  }),
  SLIPWAY_LOOPBACK_HOSTS: Type.Boolean({
    description: 'Hosts may have loopback addresses: for a simulated fleet on this machine alone.',
    default: false,
  }),
  SLIPWAY_LEASE_SECONDS: Type.Number({
    description: 'How long an operation stands still at most when the replica that carries it out dies.',
    default: 12,
    minimum: 3,
    maximum: 25,
  }),
})

/** What cluster-manager is started with. */
export type Config = {
  foundation: Foundation
  /** gRPC addresses. */
  ansibleRunner: string
  repoProxy: string
  releases: string
  profiles: string | undefined
  manifests: string
  ownAddresses: string[]
  /** A simulated fleet has its hosts there. */
  loopbackHosts?: boolean
  leaseMs: number
}

/** Reads the settings of cluster-manager. */
export function readClusterManagerConfig(env: Record<string, string | undefined>): Config {
  const settings = readConfig(schema, env)
  return {
    foundation: readFoundation(settings),
    ansibleRunner: settings.SLIPWAY_ANSIBLE_RUNNER,
    repoProxy: settings.SLIPWAY_REPO_PROXY,
    releases: settings.SLIPWAY_RELEASES,
    profiles: settings.SLIPWAY_HOST_PROFILES,
    manifests: settings.SLIPWAY_MANIFESTS,
    ownAddresses: settings.SLIPWAY_OWN_ADDRESSES.split(',').filter(Boolean),
    loopbackHosts: settings.SLIPWAY_LOOPBACK_HOSTS,
    leaseMs: settings.SLIPWAY_LEASE_SECONDS * 1000,
  }
}
