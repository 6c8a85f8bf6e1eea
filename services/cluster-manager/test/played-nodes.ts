import type { TestControlPlane } from '@slipway/kube/testing'

// What kubelets and controllers would tell an API server that runs alone.

/** A node that has joined; ready or not yet. */
export async function joined(plane: TestControlPlane, name: string, ready: boolean): Promise<void> {
  await plane.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name } })
  const condition = { type: 'Ready', status: ready ? 'True' : 'False', reason: 'KubeletReady', message: '' }
  await plane.patchStatus('node', name, { conditions: [condition] })
}

/** A deployment as kubeadm would make it. */
export async function deployment(plane: TestControlPlane, name: string): Promise<void> {
  const matchLabels = { app: name }
  const template = { metadata: { labels: matchLabels }, spec: { containers: [{ name, image: 'none' }] } }
  const metadata = { name, namespace: 'kube-system' }
  await plane.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { selector: { matchLabels }, template },
  })
}

/** That a deployment's pods run. */
export async function available(plane: TestControlPlane, name: string): Promise<void> {
  const status = { replicas: 1, readyReplicas: 1, updatedReplicas: 1, availableReplicas: 1 }
  await plane.patchStatus('deployment', name, status, '-n', 'kube-system')
}
