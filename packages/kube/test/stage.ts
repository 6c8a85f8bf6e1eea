import type { V1Pod } from '@kubernetes/client-node'
import { type Connection, connectCluster } from '../src/client.ts'
import { until } from '../src/until.ts'
import type { TestControlPlane } from './control-plane.ts'

/** A pod as a test wishes it. */
export type StagedPod = {
  namespace: string
  name: string
  node: string
  /** `kind/name` of its controller. */
  owner?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  emptyDir?: boolean
  toleratesAll?: boolean
  phase?: string
}

/** Puts nodes and pods at an API server that has no kubelets, and plays those. */
export type Stage = {
  connection: Connection
  /** A namespace with the account that pods of it need. */
  namespace: (name: string) => Promise<void>
  node: (name: string) => Promise<void>
  /** A pod that runs and is Ready. */
  pod: (wish: StagedPod) => Promise<void>
  /** Whatever was told to end on a node ends. */
  kubelet: (node: string) => AsyncDisposable
  close: () => Promise<void>
}

/** Opens a stage at a control plane. */
export async function openStage(plane: TestControlPlane): Promise<Stage> {
  const connection = await connectCluster(plane.superAdmin, plane.at)
  const core = connection.of(connection.library.CoreV1Api)
  const asMerge = connection.library.setHeaderOptions('Content-Type', 'application/merge-patch+json')
  const endPods = async (node: string) => {
    const { items } = await core.listPodForAllNamespaces({ fieldSelector: `spec.nodeName=${node}` })
    for (const { metadata } of items.filter(({ metadata }) => metadata?.deletionTimestamp)) {
      const at = { name: metadata?.name ?? '', namespace: metadata?.namespace ?? '' }
      await core.deleteNamespacedPod({ ...at, gracePeriodSeconds: 0 })
    }
  }
  return {
    connection,
    namespace: async (name) => {
      await core.createNamespace({ body: { metadata: { name } } })
      await core.createNamespacedServiceAccount({ namespace: name, body: { metadata: { name: 'default' } } })
    },
    node: async (name) => {
      await core.createNode({ body: { metadata: { name } } })
    },
    pod: async (wish) => {
      const { namespace, name, phase = 'Running' } = wish
      await core.createNamespacedPod({ namespace, body: podOf(wish) })
      const status = {
        phase,
        conditions: [{ type: 'Ready', status: phase === 'Running' ? 'True' : 'False' }],
      }
      await core.patchNamespacedPodStatus({ namespace, name, body: { status } }, asMerge)
    },
    kubelet: (node) => {
      const off = new AbortController()
      const played = until(() => endPods(node).then(() => undefined), { signal: off.signal, everyMs: 100 })
      const ended = played.catch((error) => {
        if (!off.signal.aborted) throw error
      })
      return {
        [Symbol.asyncDispose]: async () => {
          off.abort()
          await ended
        },
      }
    },
    close: connection.close,
  }
}

function podOf({ name, node, owner, labels, annotations, emptyDir, toleratesAll }: StagedPod): V1Pod {
  const [kind = '', ownerName = ''] = owner?.split('/') ?? []
  const reference = {
    apiVersion: 'apps/v1',
    kind,
    name: ownerName,
    uid: `uid-of-${ownerName}`,
    controller: true,
  }
  return {
    metadata: { name, labels, annotations, ownerReferences: owner ? [reference] : undefined },
    spec: {
      nodeName: node,
      automountServiceAccountToken: false,
      containers: [{ name: 'main', image: 'none' }],
      volumes: emptyDir ? [{ name: 'scratch', emptyDir: {} }] : undefined,
      tolerations: toleratesAll ? [{ operator: 'Exists' }] : undefined,
    },
  }
}
