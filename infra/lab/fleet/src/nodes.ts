import pLimit from 'p-limit'
import type { Api } from './api.ts'

/** A node to be simulated. */
export type NodeWish = {
  name: string
  address: string
  version: string
  cpus: number
  memoryMib: number
  controlPlane: boolean
  labels: Record<string, string>
  taints: { key: string; value?: string; effect: string }[]
  podCidr: string
}

/** Plays the kubelets of an API server: nodes that come, stay and go. */
export type Nodes = {
  /** It registers at once, and is Ready `readyInMs` later. */
  join: (wish: NodeWish, readyInMs: number) => Promise<void>
  leave: (name: string) => Promise<void>
  close: () => Promise<void>
}

/** As kubelets renew theirs, but less often: a thousand of them share the machine with what is measured. */
const LEASE_SECONDS = 120
const RENEW_MS = 40_000
/** Nodes that do something at once. */
const AT_ONCE = 16

/** Begins to play them. */
export function playNodes(api: Api): Nodes {
  const limit = pLimit(AT_ONCE)
  const timers = new Map<string, NodeJS.Timeout>()
  const later = (name: string, ms: number, work: () => Promise<unknown>) => {
    clearTimeout(timers.get(name))
    timers.set(
      name,
      setTimeout(() => void limit(work).catch(() => {}), ms),
    )
  }
  const beat = (name: string, ms: number) =>
    later(name, ms, async () => {
      await api.merge(leasePath(name), { spec: { renewTime: micro(new Date()) } })
      if (timers.has(name)) beat(name, RENEW_MS)
    })

  async function becomeReady(name: string): Promise<void> {
    await api.merge(`${nodePath(name)}/status`, { status: { conditions: conditions(true) } })
    // Spread over the time between two renewals, so that a thousand don't come at once.
    beat(name, Math.random() * RENEW_MS)
  }

  return {
    join: (wish, readyInMs) =>
      limit(async () => {
        const { name } = wish
        await api.create('/api/v1/nodes', nodeOf(wish))
        await api.merge(`${nodePath(name)}/status`, { status: statusOf(wish, readyInMs === 0) })
        await api.create(LEASES, leaseOf(name))
        if (readyInMs === 0) beat(name, Math.random() * RENEW_MS)
        else later(name, readyInMs, () => becomeReady(name))
      }),
    leave: (name) =>
      limit(async () => {
        clearTimeout(timers.get(name))
        timers.delete(name)
        await Promise.all([api.remove(nodePath(name)), api.remove(leasePath(name))])
      }),
    close: async () => {
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
      limit.clearQueue()
    },
  }
}

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
const nodePath = (name: string) => `/api/v1/nodes/${name}`
const leasePath = (name: string) => `${LEASES}/${name}`

function nodeOf({ name, labels, taints, podCidr, controlPlane }: NodeWish) {
  const own = {
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    ...(controlPlane ? { 'node-role.kubernetes.io/control-plane': '' } : {}),
  }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { ...own, ...labels } },
    spec: { podCIDR: podCidr, podCIDRs: [podCidr], taints },
  }
}

function statusOf({ name, address, version, cpus, memoryMib }: NodeWish, ready: boolean) {
  const capacity = { cpu: String(cpus), memory: `${memoryMib}Mi`, pods: '110', 'ephemeral-storage': '98Gi' }
  return {
    capacity,
    allocatable: capacity,
    conditions: conditions(ready),
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: name },
    ],
    nodeInfo: {
      ...{
        kubeletVersion: `v${version}`,
        kubeProxyVersion: '',
        containerRuntimeVersion: 'containerd://2.2.1',
      },
      ...{
        osImage: 'Debian GNU/Linux 12 (bookworm)',
        kernelVersion: '6.1.0-38-amd64',
        operatingSystem: 'linux',
      },
      ...{ architecture: 'amd64', machineID: name, systemUUID: name, bootID: name },
    },
  }
}

function conditions(ready: boolean) {
  const now = new Date().toISOString()
  const fine = ['MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) => {
    const reason = `KubeletHasNo${type}`
    return {
      type,
      status: 'False',
      reason,
      message: 'simulated',
      lastHeartbeatTime: now,
      lastTransitionTime: now,
    }
  })
  return [
    ...fine,
    {
      ...{
        type: 'Ready',
        status: ready ? 'True' : 'False',
        reason: ready ? 'KubeletReady' : 'KubeletNotReady',
      },
      ...{ message: ready ? 'simulated' : 'container runtime network not ready: simulated' },
      ...{ lastHeartbeatTime: now, lastTransitionTime: now },
    },
  ]
}

function leaseOf(name: string) {
  const renewTime = micro(new Date())
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace: 'kube-node-lease' },
    spec: { holderIdentity: name, leaseDurationSeconds: LEASE_SECONDS, renewTime },
  }
}

function micro(date: Date): string {
  return date.toISOString().replace(/Z$/, '000Z')
}
