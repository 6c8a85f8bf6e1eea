import type { Api } from './api.ts'

const PATH = '/apis/apps/v1/namespaces/kube-system/deployments'
const LOOK_MS = 250

type Deployment = {
  metadata: { name: string; generation: number }
  spec: { replicas?: number }
  status?: { availableReplicas?: number; observedGeneration?: number }
}

/** Plays the controllers that make deployments of kube-system available; kubeadm's cluster DNS is there from the beginning. */
export async function playDeployments(api: Api): Promise<() => void> {
  await api.create(PATH, clusterDns())
  let ended = false
  let timer = setTimeout(look, 0)

  async function look(): Promise<void> {
    const { items } = ((await api.get(PATH).catch(() => undefined)) ?? { items: [] }) as {
      items: Deployment[]
    }
    for (const { metadata, spec, status } of items) {
      const replicas = spec.replicas ?? 1
      if (status?.availableReplicas === replicas && status.observedGeneration === metadata.generation)
        continue
      await api
        .merge(`${PATH}/${metadata.name}/status`, { status: available(replicas, metadata.generation) })
        .catch(() => {})
    }
    if (!ended) timer = setTimeout(look, LOOK_MS)
  }

  return () => {
    ended = true
    clearTimeout(timer)
  }
}

function available(replicas: number, observedGeneration: number) {
  return {
    observedGeneration,
    replicas,
    readyReplicas: replicas,
    updatedReplicas: replicas,
    availableReplicas: replicas,
  }
}

function clusterDns() {
  const labels = { 'k8s-app': 'kube-dns' }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'coredns', namespace: 'kube-system', labels },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'coredns', image: 'simulated' }] } },
    },
  }
}
