import { join } from 'node:path'
import {
  type ClusterServiceServer,
  ClusterServiceService,
} from '@slipway/contracts/cluster/v1/cluster_service'
import {
  type CredentialServiceServer,
  CredentialServiceService,
} from '@slipway/contracts/credential/v1/credential_service'
import type { Host } from '@slipway/contracts/host/v1/host'
import { type HostServiceServer, HostServiceService } from '@slipway/contracts/host/v1/host_service'
import type { Operation } from '@slipway/contracts/operation/v1/operation'
import {
  type OperationServiceServer,
  OperationServiceService,
} from '@slipway/contracts/operation/v1/operation_service'
import { openDatabase } from '@slipway/database'
import type { Client, Principal } from '@slipway/rpc'
import { closing } from '@slipway/service'
import { createLog } from '@slipway/telemetry'
import { type Platform, startPlatform } from '@slipway/testing'
import { PrismaClient } from '../src/gen/prisma/client.ts'
import { openClusterManager } from '../src/service.ts'
import { type FakeRepo, startFakeRepo } from './fake-repo.ts'
import { type FakeRunner, startFakeRunner } from './fake-runner.ts'

/** cluster-manager as it runs, between a runner and a repository that do nothing but what a test says. */
export type ClusterSite = {
  /** Of its gRPC server. */
  address: string
  clusters: Client<ClusterServiceServer>
  operations: Client<OperationServiceServer>
  hosts: Client<HostServiceServer>
  runner: FakeRunner
  repo: FakeRepo
  /** Adds hosts with good facts and answers them when they are ready. */
  addHosts: (
    project: string,
    hosts: readonly { name: string; address: string; facts?: object }[],
  ) => Promise<Host[]>
  /** The operation once it has ended. */
  ended: (project: string, id: string) => Promise<Operation>
  as: { principal: Principal }
  /** Moves a host behind everybody's back: to a loopback address, which nobody may give a host. */
  moveHost: (id: string, address: string) => Promise<void>
  stop: () => Promise<void>
}

/** Starts one; about four seconds. On a platform that is given it stops before that. */
export async function startClusterSite(given?: Platform): Promise<ClusterSite> {
  const opened = closing(createLog('test', 'warn'))
  const platform = given ?? (await startPlatform())
  if (!given) opened.add('platform', platform.stop)
  const runner = await startFakeRunner(platform)
  opened.add('runner', runner.stop)
  const repo = await startFakeRepo(platform, '1.36.3')
  opened.add('repo', repo.stop)
  const service = await openClusterManager({
    foundation: platform.foundation('cluster-manager'),
    ansibleRunner: runner.address,
    repoProxy: repo.address,
    releases: join(import.meta.dirname, '../../../infra/releases'),
    manifests: join(import.meta.dirname, '../../../infra/kubernetes'),
    profiles: undefined,
    ownAddresses: [],
    leaseMs: 3_000,
  })
  opened.add('service', service.stop)
  const address = service.addresses.rpc ?? ''
  const to = { service: 'cluster-manager', address, as: 'api-gateway' } as const
  const clusters = await platform.client<ClusterServiceServer>(ClusterServiceService, to)
  const operations = await platform.client<OperationServiceServer>(OperationServiceService, to)
  const hosts = await platform.client<HostServiceServer>(HostServiceService, to)
  const credentials = await platform.client<CredentialServiceServer>(CredentialServiceService, to)
  const facts = new Map<string, object>()
  runner.on('facts.yml', async ({ targets }) => ({
    hosts: targets.map(({ name }) => ({ name, result: { ...goodFacts(name), ...facts.get(name) } })),
  }))

  return {
    ...{ address, clusters, operations, hosts, runner, repo },
    as: { principal: { user: 'u1', name: 'ada', role: 'operator' } },
    addHosts: async (project, wished) => {
      const { id: credential } = await credentials.createCredential({
        ...{ project, name: `c-${wished[0]?.name}`, user: 'root', kind: 'password', password: 'geheim' },
        ...{ privateKey: '', passphrase: '', sudoPassword: '', jumpHost: undefined },
      })
      const added = await Promise.all(
        wished.map(async ({ name, address, facts: special }) => {
          if (special) facts.set(name, special)
          return hosts.createHost({ project, name, address, port: 22, credential, profile: '', tags: [] })
        }),
      )
      return Promise.all(
        added.map(({ id }) =>
          until(
            () => hosts.getHost({ project, id }),
            ({ state }) => state !== 'new' && state !== 'gathering',
          ),
        ),
      )
    },
    moveHost: async (id, address) => {
      const { databaseUrl: url } = platform.foundation('cluster-manager')
      const db = openDatabase(PrismaClient, { url, schema: 'cluster_manager', max: 1 })
      await db.host.update({ where: { id }, data: { address } })
      await db.$disconnect()
    },
    ended: (project, id) =>
      until(
        () => operations.getOperation({ project, id }),
        ({ state }) => !['planned', 'running'].includes(state),
      ),
    stop: opened.close,
  }
}

/** What a healthy Debian 12 machine answers. */
function goodFacts(name: string): object {
  return {
    ...{ machine_id: `id-of-${name}`, host_name: name, architecture: 'amd64', cpus: 4, memory_mib: 8192 },
    ...{ os: { id: 'debian', version: '12', pretty: 'Debian 12' }, cgroup_version: 2, swap: [] },
    ...{ epoch: Date.now() / 1000, python_version: '3.11.2', kernel: '6.1.0' },
    ...{
      mounts: [{ path: '/', free_bytes: 100 * 2 ** 30, bytes: 200 * 2 ** 30 }],
      routes: [],
      network_cards: [],
    },
  }
}

/** Asks until the answer is as wished; 30 seconds at most. */
export async function until<T>(ask: () => Promise<T>, is: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const answer = await ask()
    if (is(answer)) return answer
    if (Date.now() > deadline) throw new Error(`it did not come to that: ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
