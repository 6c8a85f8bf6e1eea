import type { ClusterChange } from '@slipway/contracts/cluster/v1/cluster_service'
import type { TestControlPlane } from '@slipway/kube/testing'
import { expect } from 'vitest'
import { type ClusterSite, until } from './cluster-site.ts'
import { available, deployment, joined } from './played-nodes.ts'

/** A cluster of a control plane and the worker w1, whose creation stands still until it is let on. Its API server is real. */
export async function beginHeldCreate(at: {
  site: ClusterSite
  plane: TestControlPlane
  project: string
}): Promise<{ goOn: () => Promise<void>; creating: ClusterChange }> {
  const { site, plane, project } = at
  const { promise: opened, resolve: open } = Promise.withResolvers<void>()
  const [cp, w] = await site.addHosts(project, [
    { name: 'cp1', address: '10.40.0.1' },
    { name: 'w1', address: '10.40.0.2' },
  ])
  await site.moveHost(cp?.id ?? '', '127.0.0.1')
  site.runner.on('preflight.yml', () => opened.then(() => ({})))
  site.runner.on('control-plane.yml', async () => {
    await joined(plane, 'cp1', true)
    await deployment(plane, 'coredns')
    await available(plane, 'coredns')
    return { exports: { 'super-admin.conf': plane.superAdmin } }
  })
  site.runner.on('worker.yml', async () => {
    await joined(plane, 'w1', true)
    return {}
  })
  const node = { name: '', labels: {}, taints: [] }
  const creating = await site.clusters.createCluster({
    ...{ project, name: 'test', fix: false, dryRun: '', planDigest: '', reason: '' },
    spec: {
      kubernetesVersion: '1.36.3',
      nodes: [
        { ...node, host: cp?.id ?? '', role: 'control-plane' },
        { ...node, host: w?.id ?? '', role: 'worker' },
      ],
      ...{ network: undefined, runtime: undefined, kubelet: undefined, etcd: undefined },
      apiServer: { port: plane.at.port, extraSans: [], audit: undefined },
      controlPlaneSchedulable: false,
    },
  })
  const id = creating.operation?.id ?? ''
  const goOn = async () => {
    open()
    await stepBegins(at, id, 'join-workers')
    await stepBegins(at, id, 'apply-addons')
    await until(
      () => plane.kubectl('get', 'deploy', '-n', 'kube-system', '-o', 'name'),
      (said) => said.includes('metrics-server'),
    )
    await available(plane, 'metrics-server')
  }
  return { goOn, creating }
}

/** Asked of Slipway rather than of the API server, which has enough to do. */
async function stepBegins(
  { site, project }: { site: ClusterSite; project: string },
  id: string,
  name: string,
): Promise<void> {
  const { failure } = await until(
    () => site.operations.getOperation({ project, id }),
    ({ state, steps }) =>
      state === 'failed' || steps.some((step) => step.name === name && step.state !== 'pending'),
  )
  expect(failure).toBeUndefined()
}
