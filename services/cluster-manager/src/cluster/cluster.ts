import type { ClusterSpec } from './spec.ts'

export type ClusterState = 'creating' | 'running' | 'failed' | 'deleting' | 'deleted'

/** A Kubernetes cluster that Slipway builds and looks after. */
export type Cluster = {
  id: string
  project: string
  name: string
  state: ClusterState
  stateReason: string
  spec: ClusterSpec
  /** DNS name and port of the API server, as in its certificate. */
  endpoint: string
  /** The operation that changes it, or did last. */
  operation: string
  version: number
  createdAt: Date
}

/** A cluster as a list shows it; the spec only where it was asked for. */
export type ClusterSummary = Omit<Cluster, 'spec'> & {
  spec: ClusterSpec | null
  kubernetesVersion: string
  nodeCount: number
}

/** What is sealed for a cluster; nobody but the service named can open it. Empty: not made yet. */
export type Sealed = {
  /** To ansible-runner. */
  encryptionKey: string
  /** To ansible-runner. */
  pullToken: string
  /** To us: super-admin.conf, bound to the operation `adminConfigObject`. */
  adminConfig: string
  adminConfigObject: string
}

/** A machine in a cluster, as far as its row knows. */
export type NodeRow = {
  id: string
  cluster: string
  project: string
  name: string
  host: string
  role: 'control-plane' | 'worker'
  state: NodeState
  version: number
}

export type NodeState = 'wished' | 'joined' | 'ready' | 'not-ready' | 'removed'

/** The DNS name of a cluster's API server: in its certificate, and in /etc/hosts of every node. */
export function endpointName(cluster: { name: string }): string {
  return `api.${cluster.name}.slipway.internal`
}
