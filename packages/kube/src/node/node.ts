import type { V1Node } from '@kubernetes/client-node'
import type { Taint } from './taint.ts'

/** A node as its API server described it at `readAt`. */
export type NodeStatus = {
  name: string
  ready: boolean
  /** Since when it is Ready; undefined while it is not. */
  readySince: Date | undefined
  /** Whether new pods may come to it: false once it is cordoned. */
  schedulable: boolean
  conditions: Condition[]
  kubeletVersion: string
  internalIp: string
  podCidr: string
  labels: Record<string, string>
  taints: Taint[]
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
  const ready = status?.conditions?.find(({ type, status }) => type === 'Ready' && status === 'True')
  return {
    name: metadata?.name ?? '',
    ready: ready !== undefined,
    readySince: ready?.lastTransitionTime,
    schedulable: !spec?.unschedulable,
    conditions,
    kubeletVersion: (status?.nodeInfo?.kubeletVersion ?? '').replace(/^v/, ''),
    internalIp: status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '',
    podCidr: spec?.podCIDR ?? '',
    labels: metadata?.labels ?? {},
    taints: (spec?.taints ?? []).map(({ key, value = '', effect }) => ({ key, value, effect })),
    readAt,
  }
}
