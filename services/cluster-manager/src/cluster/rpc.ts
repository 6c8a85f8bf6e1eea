import type {
  ClusterChange,
  ClusterServiceServer,
  DrainNodesRequest,
  RemoveNodesRequest,
  UpdateNodesRequest,
} from '@slipway/contracts/cluster/v1/cluster_service'
import type { Call, Handlers } from '@slipway/rpc'
import { listHappenings } from '../happening/list.ts'
import type { DrainWish, NodeUpdate } from '../operation/operation.ts'
import { toWire } from '../operation/wire.ts'
import { addNodes } from './add-nodes.ts'
import type { Change, ChangeDeps } from './change.ts'
import { type CreateDeps, createCluster } from './create.ts'
import { deleteCluster } from './delete.ts'
import { drainNodes } from './drain-nodes.ts'
import { createKubeconfig, listKubeconfigs } from './kubeconfig.ts'
import { listNodes, type ReachDeps } from './nodes.ts'
import { listClusters, listSpecVersions, readCluster, readSpecVersion } from './read.ts'
import { removeNodes } from './remove-nodes.ts'
import { updateNodes } from './update-nodes.ts'
import { clusterToWire, nodeToWire, planToWire, specFromWire, summaryToWire, versionToWire } from './wire.ts'

/** What ClusterService answers. */
export function clusterHandlers(deps: CreateDeps & ChangeDeps & ReachDeps): Handlers<ClusterServiceServer> {
  const { db } = deps
  return {
    createCluster: async ({ name, spec, fix, ...request }, call) =>
      changeToWire(
        await createCluster(deps, { ...asked(request, call), name, fix, draft: specFromWire(spec) }),
      ),
    listClusters: async (request) => {
      const { rows, nextPageToken } = await listClusters(db, request)
      return { clusters: rows.map(summaryToWire), nextPageToken }
    },
    getCluster: async ({ project, id }) => clusterToWire(await readCluster(db, project, id)),
    listSpecVersions: async (request) => {
      const { rows, nextPageToken } = await listSpecVersions(db, request)
      return { versions: rows.map(versionToWire), nextPageToken }
    },
    getSpecVersion: async (request) => versionToWire(await readSpecVersion(db, request)),
    listHappenings: async (request) => {
      const { rows, nextPageToken } = await listHappenings(db, request)
      return { happenings: rows, nextPageToken }
    },
    deleteCluster: async (request, call) =>
      changeToWire(await deleteCluster(deps, { ...request, ...asked(request, call) })),
    addNodes: async (request, call) =>
      changeToWire(await addNodes(deps, { ...request, ...asked(request, call) })),
    removeNodes: async (request, call) =>
      changeToWire(
        await removeNodes(deps, { ...request, ...asked(request, call), drain: drainFromWire(request) }),
      ),
    updateNodes: async (request, call) =>
      changeToWire(
        await updateNodes(deps, { ...request, ...asked(request, call), update: updateFromWire(request) }),
      ),
    drainNodes: async (request, call) =>
      changeToWire(
        await drainNodes(deps, { ...request, ...asked(request, call), drain: drainFromWire(request) }),
      ),
    listNodes: async (request, { signal }) => {
      const { rows, nextPageToken } = await listNodes(deps, { ...request, signal })
      return { nodes: rows.map(({ row, status }) => nodeToWire(row, status)), nextPageToken }
    },
    listKubeconfigs: async (request) => {
      const { rows, nextPageToken } = await listKubeconfigs(deps, request)
      return { kubeconfigs: rows, nextPageToken }
    },
    createKubeconfig: ({ project, id, minutes }, { principal, signal }) =>
      createKubeconfig(deps, { project, id, minutes, person: principal, signal }),
  }
}

function asked(
  {
    project,
    dryRun,
    planDigest,
    reason,
    queue = false,
  }: Record<'project' | 'dryRun' | 'planDigest' | 'reason', string> & { queue?: boolean },
  { principal, idempotencyKey }: Call,
) {
  const asker = { createdBy: principal?.user ?? '', createdAs: principal?.role }
  return { project, planDigest, reason, dryRun: dryRun === 'plan', ...asker, idempotencyKey, queue }
}

function updateFromWire(request: UpdateNodesRequest): NodeUpdate {
  const { setLabels, removeLabels, setTaints, removeTaints, cordoned } = request
  return { setLabels, removeLabels, setTaints, removeTaints, cordoned }
}

const DRAIN_MINUTES = 30

function drainFromWire(request: RemoveNodesRequest | DrainNodesRequest): DrainWish {
  const { drainMinutes, deleteEmptyDirData, deleteBarePods } = request
  return { minutes: drainMinutes || DRAIN_MINUTES, deleteEmptyDirData, deleteBarePods }
}

function changeToWire({ plan, cluster, operation }: Change): ClusterChange {
  return {
    plan: planToWire(plan),
    cluster: cluster && clusterToWire(cluster),
    operation: operation && toWire(operation),
  }
}
