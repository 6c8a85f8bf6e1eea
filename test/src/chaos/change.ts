import { ClusterSpec, NodeSpec } from '@slipway/contracts/cluster/v1/cluster'
import { ClusterServiceService as Clusters } from '@slipway/contracts/cluster/v1/cluster_service'
import { HostServiceService as Hosts } from '@slipway/contracts/host/v1/host_service'
import type { OperationName } from './draw.ts'
import { patiently, type Site } from './site.ts'

/** How a kind of change is asked for, and on what it rests. */
export type Change = {
  /** What of the site must be there before; it is brought about without faults. */
  needs: { cluster: boolean; third: boolean }
  /** Names of the hosts that it changes. */
  hosts: (site: Site) => string[]
  /** Hosts that are what they were before any cluster when it has ended. */
  leaves: (site: Site) => string[]
  /** Asks for it, patiently and once; answers its operation, and nothing for what is none. */
  ask: (site: Site, seed: number) => Promise<string | undefined>
}

/** The changes that faults are played on. */
export const changes: Record<OperationName, Change> = {
  'create-cluster': {
    needs: { cluster: false, third: false },
    hosts: both,
    leaves: () => [],
    ask: (site) =>
      operationOf((options) =>
        site.door.call(
          Clusters.createCluster,
          {
            project: site.project,
            name: 'storm',
            spec: ClusterSpec.fromPartial({
              kubernetesVersion: site.ground.version,
              controlPlaneSchedulable: true,
              nodes: [
                { host: site.hosts[0]?.id ?? '', role: 'control-plane' },
                { host: site.hosts[1]?.id ?? '', role: 'worker' },
              ],
            }),
          },
          options,
        ),
      ),
  },
  'delete-cluster': {
    needs: { cluster: true, third: false },
    hosts: both,
    leaves: both,
    ask: async (site) => {
      const at = await clusterOf(site)
      return operationOf((options) => site.door.call(Clusters.deleteCluster, at, options))
    },
  },
  'add-worker': {
    needs: { cluster: true, third: false },
    hosts: third,
    leaves: () => [],
    ask: async (site) => {
      const nodes = [NodeSpec.fromPartial({ host: site.hosts[2]?.id ?? '', role: 'worker' })]
      const wish = { ...(await clusterOf(site)), nodes }
      return operationOf((options) => site.door.call(Clusters.addNodes, wish, options))
    },
  },
  'remove-worker': {
    needs: { cluster: true, third: true },
    hosts: third,
    leaves: third,
    ask: async (site) => {
      const wish = { ...(await clusterOf(site)), names: third(site) }
      return operationOf((options) => site.door.call(Clusters.removeNodes, wish, options))
    },
  },
  'label-node': node(async (site, names, seed) => ({
    ...(await clusterOf(site)),
    names,
    setLabels: { storm: `${seed}` },
  })),
  'cordon-node': node(async (site, names) => ({ ...(await clusterOf(site)), names, cordoned: true })),
  'drain-node': {
    needs: { cluster: true, third: false },
    hosts: second,
    leaves: () => [],
    ask: async (site) => {
      const wish = { ...(await clusterOf(site)), names: second(site), deleteEmptyDirData: true }
      return operationOf((options) => site.door.call(Clusters.drainNodes, wish, options))
    },
  },
  'refresh-host': {
    needs: { cluster: false, third: false },
    hosts: second,
    leaves: () => [],
    ask: async (site) => {
      const at = { project: site.project, id: site.hosts[1]?.id ?? '' }
      await patiently((options) => site.door.call(Hosts.refreshHost, at, options))
      return undefined
    },
  },
}

/** The cluster of the site, which has one at most. */
export async function clusterOf({ door, project }: Site): Promise<{ project: string; id: string }> {
  const { clusters } = await patiently(() => door.call(Clusters.listClusters, { project }))
  return { project, id: clusters[0]?.id ?? '' }
}

type NodeWish = {
  project: string
  id: string
  names: string[]
  setLabels?: Record<string, string>
  cordoned?: boolean
}

function node(wish: (site: Site, names: string[], seed: number) => Promise<NodeWish>): Change {
  return {
    needs: { cluster: true, third: false },
    hosts: second,
    leaves: () => [],
    ask: async (site, seed) => {
      const wished = await wish(site, second(site), seed)
      return operationOf((options) => site.door.call(Clusters.updateNodes, wished, options))
    },
  }
}

async function operationOf(
  call: (options: { idempotencyKey: string }) => Promise<{ operation?: { id: string } | undefined }>,
): Promise<string> {
  const { operation } = await patiently(call)
  if (!operation) throw new TypeError('the change answered no operation')
  return operation.id
}

function both({ hosts }: Site): string[] {
  return hosts.slice(0, 2).map(({ name }) => name)
}

function second({ hosts }: Site): string[] {
  return hosts.slice(1, 2).map(({ name }) => name)
}

function third({ hosts }: Site): string[] {
  return hosts.slice(2, 3).map(({ name }) => name)
}
