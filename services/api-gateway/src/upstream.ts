import {
  type ClusterServiceServer,
  ClusterServiceService,
} from '@slipway/contracts/cluster/v1/cluster_service'
import { type HostServiceServer, HostServiceService } from '@slipway/contracts/host/v1/host_service'
import { type SelfServiceServer, SelfServiceService } from '@slipway/contracts/install/v1/install_service'
import { type ObjectServiceServer, ObjectServiceService } from '@slipway/contracts/object/v1/object_service'
import {
  type OperationServiceServer,
  OperationServiceService,
} from '@slipway/contracts/operation/v1/operation_service'
import { RepoServiceService } from '@slipway/contracts/repo/v1/repo_service'
import { type RunServiceServer, RunServiceService } from '@slipway/contracts/run/v1/run_service'
import { type CallOptions, connect, type Tls } from '@slipway/rpc'
import type { GatewayConfig } from './config.ts'
import type { Upstream } from './pipeline/handle.ts'

/** Connects to the services behind this door. A connection is made at the first call, so that they may start later. */
export function connectUpstreams(addresses: GatewayConfig['upstreams'], tls: Tls) {
  const manager = { address: addresses.clusterManager, service: 'cluster-manager', tls }
  const operations = connect<OperationServiceServer>(OperationServiceService, manager)
  const clusters = connect<ClusterServiceServer>(ClusterServiceService, manager)
  const hosts = connect<HostServiceServer>(HostServiceService, manager)
  const objects = connect<ObjectServiceServer>(ObjectServiceService, manager)
  const runner = { address: addresses.ansibleRunner, service: 'ansible-runner', tls }
  const runs = connect<RunServiceServer>(RunServiceService, runner)
  const proxy = { address: addresses.repoProxy, service: 'repo-proxy', tls }
  const repo = connect<object>(RepoServiceService, proxy)
  const selves = [manager, runner, proxy].map((to) => ({
    name: to.service,
    client: connect<SelfServiceServer>(SelfServiceService, to),
  }))
  const services: Record<string, Upstream> = {
    'slipway.cluster.v1.ClusterService': clusters,
    'slipway.host.v1.HostService': hosts,
    'slipway.credential.v1.CredentialService': hosts,
    'slipway.version.v1.VersionService': hosts,
    'slipway.operation.v1.OperationService': operations,
    'slipway.object.v1.ObjectService': objects,
    'slipway.repo.v1.RepoService': repo,
  }
  return {
    /** Who answers which public service. */
    services,
    objects,
    operations,
    clusters,
    hosts,
    runs,
    /** How each is, by its own words. */
    selves,
    /** Asks whether a project owns hosts or clusters, on the asker's behalf. */
    owned: (forward: CallOptions) => async (project: string) => {
      const first = { project, pageSize: 1, pageToken: '', state: '', search: '' }
      const [foundHosts, foundClusters] = await Promise.all([
        hosts.listHosts({ ...first, tag: '', cluster: '', orderBy: '' }, forward),
        clusters.listClusters({ ...first, view: '' }, forward),
      ])
      return { hosts: foundHosts.hosts.length > 0, clusters: foundClusters.clusters.length > 0 }
    },
    close: () => {
      const clients = [operations, clusters, hosts, objects, runs, repo]
      for (const client of [...clients, ...selves.map((one) => one.client)]) client.close()
    },
  }
}
