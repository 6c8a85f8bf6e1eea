import type { V1Node } from '@kubernetes/client-node'

/** A node as its API server described it at `readAt`. */
export type NodeStatus = {
  name: string
  ready: boolean
  conditions: Condition[]
  kubeletVersion: string
  internalIp: string
  podCidr: string
  labels: Record<string, string>
  readAt: Date
}

export type Condition = { type: string; status: string; reason: string; message: string }

/** What we tell of a node. */
export function nodeStatus({ metadata, spec, status }: V1Node, readAt: Date): NodeStatus {
  const conditions = (status?.conditions ?? []).map(({ type, status, reason = '', message = '' }) => ({
    type,
    status,
    reason,
    message,
  }))
  return {
    name: metadata?.name ?? '',
    ready: conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
    conditions,
    kubeletVersion: (status?.nodeInfo?.kubeletVersion ?? '').replace(/^v/, ''),
    internalIp: status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '',
    podCidr: spec?.podCIDR ?? '',
    labels: metadata?.labels ?? {},
    readAt,
  }
}
