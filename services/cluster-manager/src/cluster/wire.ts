import {
  Cluster as ClusterMessage,
  Node as NodeMessage,
  type ClusterSpec as SpecMessage,
  SpecVersion as VersionMessage,
} from '@slipway/contracts/cluster/v1/cluster'
import { Plan as PlanMessage } from '@slipway/contracts/operation/v1/operation'
import type { NodeStatus } from '@slipway/kube'
import type { Cluster, ClusterSummary, NodeRow } from './cluster.ts'
import type { Plan } from './plan.ts'
import type { SpecDraft } from './spec.ts'
import type { SpecVersion } from './spec-version-store.ts'

/** A cluster as others see it. */
export function clusterToWire(cluster: Cluster): ClusterMessage {
  const { kubernetesVersion, nodes } = cluster.spec
  return summaryToWire({ ...cluster, kubernetesVersion, nodeCount: nodes.length })
}

/** A cluster as a list shows it. */
export function summaryToWire(cluster: ClusterSummary): ClusterMessage {
  return ClusterMessage.fromPartial({ ...cluster, spec: cluster.spec ?? undefined })
}

/** A version of a spec as others see it. */
export function versionToWire(version: SpecVersion): VersionMessage {
  const { spec, createdAt } = version
  return VersionMessage.fromPartial({
    ...version,
    spec: spec ?? undefined,
    createdAt: createdAt ?? undefined,
  })
}

/** A plan as others see it. */
export function planToWire(plan: Plan | undefined): PlanMessage | undefined {
  return plan && PlanMessage.fromPartial(plan)
}

/** A spec as it was sent; nothing is filled in yet. */
export function specFromWire(message: SpecMessage | undefined): SpecDraft {
  return message ?? { kubernetesVersion: '', nodes: [], controlPlaneSchedulable: false }
}

/** A node as the API server described it, with what we know of it. */
export function nodeToWire(row: Pick<NodeRow, 'name' | 'host' | 'role'>, status?: NodeStatus): NodeMessage {
  const cordoned = status?.schedulable === false
  return NodeMessage.fromPartial({ ...status, cordoned, name: row.name, host: row.host, role: row.role })
}
