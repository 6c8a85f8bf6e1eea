import type { ClusterChange, ClusterServiceServer } from '@slipway/contracts/cluster/v1/cluster_service'
import type { Call, Handlers } from '@slipway/rpc'
import { toWire } from '../operation/wire.ts'
import { type Change, type CreateDeps, createCluster } from './create.ts'
import { deleteCluster } from './delete.ts'
import { createKubeconfig } from './kubeconfig.ts'
import { listNodes, type ReachDeps } from './nodes.ts'
import { listClusters, readCluster } from './read.ts'
import { clusterToWire, nodeToWire, planToWire, specFromWire } from './wire.ts'

/** What ClusterService answers. */
export function clusterHandlers(deps: CreateDeps & ReachDeps): Handlers<ClusterServiceServer> {
  const { db } = deps
  return {
    createCluster: async ({ project, name, spec, dryRun, planDigest }, call) =>
      changeToWire(
        await createCluster(deps, {
          ...{ project, name, planDigest, draft: specFromWire(spec), dryRun: dryRun === 'plan' },
          ...askedBy(call),
        }),
      ),
    listClusters: async (request) => {
      const { rows, nextPageToken } = await listClusters(db, request)
      return { clusters: rows.map(clusterToWire), nextPageToken }
    },
    getCluster: async ({ project, id }) => clusterToWire(await readCluster(db, project, id)),
    deleteCluster: async ({ project, id, dryRun, planDigest, forget, leaveUnreachable }, call) =>
      changeToWire(
        await deleteCluster(deps, {
          ...{ project, id, planDigest, dryRun: dryRun === 'plan', wishes: { forget, leaveUnreachable } },
          ...askedBy(call),
        }),
      ),
    listNodes: async (request, { signal }) => {
      const { rows, nextPageToken } = await listNodes(deps, { ...request, signal })
      return { nodes: rows.map(({ row, status }) => nodeToWire(row, status)), nextPageToken }
    },
    createKubeconfig: ({ project, id, minutes }, { principal, signal }) =>
      createKubeconfig(deps, { project, id, minutes, person: principal, signal }),
  }
}

function askedBy({ principal, idempotencyKey }: Call) {
  return { createdBy: principal?.user ?? '', idempotencyKey }
}

function changeToWire({ plan, cluster, operation }: Change): ClusterChange {
  return {
    plan: planToWire(plan),
    cluster: cluster && clusterToWire(cluster),
    operation: operation && toWire(operation),
  }
}
