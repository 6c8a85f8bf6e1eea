import { eventRow, type OutboxRow } from '@slipway/bus'
import { ClusterEvent, NodeEvent } from '@slipway/contracts/event/v1/event'
import type { NodeStatus } from '@slipway/kube'
import type { Cluster, NodeRow } from './cluster.ts'
import { clusterToWire, nodeToWire } from './wire.ts'

/**
 * What can be said of a cluster: the states it comes to. `creating` is a create that goes on after a failure, `updated`
 * whatever leaves the state as it is.
 */
export type ClusterFact = 'created' | 'updated' | 'creating' | 'running' | 'failed' | 'deleting' | 'deleted'
export type NodeFact = 'joined' | 'ready' | 'not-ready' | 'removed'

/** The event of a cluster's move. */
export function clusterEvent(cluster: Cluster, fact: ClusterFact, now: Date): OutboxRow {
  const { project, id, version } = cluster
  const data = ClusterEvent.toJSON({ cluster: clusterToWire(cluster) })
  return eventRow('cluster-manager', { project, noun: 'cluster', id, fact, sequence: version, data }, now)
}

/** The event of a node, with what its API server says where that is known. */
export function nodeEvent(
  node: NodeRow,
  { fact, status, now }: { fact: NodeFact; status?: NodeStatus; now: Date },
): OutboxRow {
  const { project, id, cluster, version } = node
  const data = NodeEvent.toJSON({ node: nodeToWire(node, status), cluster })
  return eventRow('cluster-manager', { project, noun: 'node', id, fact, sequence: version, data }, now)
}
