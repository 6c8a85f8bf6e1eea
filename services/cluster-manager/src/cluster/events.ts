import { eventRow } from '@slipway/bus'
import { ClusterEvent, NodeEvent } from '@slipway/contracts/event/v1/event'
import type { NodeStatus } from '@slipway/kube'
import { withHappening } from '../happening/happening.ts'
import type { ToldRow } from '../store.ts'
import type { Cluster, NodeRow } from './cluster.ts'
import { clusterToWire, nodeToWire } from './wire.ts'

/**
 * What can be said of a cluster: the states it comes to. `creating` is a create that goes on after a failure, `updated`
 * whatever leaves the state as it is.
 */
export type ClusterFact = 'created' | 'updated' | 'creating' | 'running' | 'failed' | 'deleting' | 'deleted'
export type NodeFact = 'joined' | 'ready' | 'not-ready' | 'removed'

/** The event of a cluster's move. */
export function clusterEvent(cluster: Cluster, fact: ClusterFact, now: Date): ToldRow {
  const { project, id, version } = cluster
  const data = ClusterEvent.toJSON({ cluster: clusterToWire(cluster) })
  const event = { project, noun: 'cluster', id, fact, sequence: version, data } as const
  const row = eventRow('cluster-manager', event, now)
  // What leaves its state as it is is told by what did it.
  if (fact === 'updated') return row
  const { operation, stateReason: detail } = cluster
  return withHappening(row, { ...event, cluster: id, name: '', detail, operation, at: now })
}

/** The event of a node in an operation, with what its API server says where that is known. */
export function nodeEvent(
  node: NodeRow,
  { fact, status, operation, now }: { fact: NodeFact; status?: NodeStatus; operation: string; now: Date },
): ToldRow {
  const { project, id, name, cluster, version } = node
  const data = NodeEvent.toJSON({ node: nodeToWire(node, status), cluster })
  const event = { project, noun: 'node', id, fact, sequence: version, data } as const
  const row = eventRow('cluster-manager', event, now)
  return withHappening(row, { ...event, cluster, name, detail: '', operation, at: now })
}
