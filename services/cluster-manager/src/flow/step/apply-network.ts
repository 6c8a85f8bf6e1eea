import { join } from 'node:path'
import { type KubeObject, readManifests } from '@slipway/kube'
import { atApiServer } from '../../cluster/api-server.ts'
import { type Cluster, endpointName } from '../../cluster/cluster.ts'
import type { ClusterSpec } from '../../cluster/spec.ts'
import type { StepContext } from '../../operation/step-context.ts'
import { readBlueprint } from '../blueprint.ts'
import type { Site } from '../site.ts'

/** Applies the pod network and the rights of people. */
export async function applyNetwork(ctx: StepContext, site: Site): Promise<void> {
  const { cluster, sealed, controlPlane } = await readBlueprint(site, ctx.operation)
  const [flannel, people] = await Promise.all([
    readManifests(join(site.manifests, 'flannel.yaml')),
    readManifests(join(site.manifests, 'people.yaml')),
  ])
  const objects = [
    ...flannel.map((object) => withApiServer(withNetwork(object, cluster.spec), cluster)),
    ...people,
  ]
  const at = { ...site, cluster, sealed, address: controlPlane.host.address, signal: ctx.signal }
  await atApiServer(at, (kube) => kube.apply(objects))
}

/** flannel's settings are JSON in a ConfigMap: they are built as a value, so that no CIDR can become structure. */
function withNetwork(object: KubeObject, { network }: ClusterSpec): KubeObject {
  if (object.kind !== 'ConfigMap') return object
  const settings = {
    Network: network.podCidr,
    EnableNFTables: network.proxyMode === 'nftables',
    Backend: { Type: network.flannelBackend },
  }
  return { ...object, data: { 'net-conf.json': JSON.stringify(settings) } }
}

type PodTemplate = { spec: { containers: { name: string; env?: unknown[] }[] } }

/**
 * flannel asks the API server by its own name: the service address works only after kube-proxy has run, and until then
 * flannel restarted and cluster DNS came 4–35 s late (seen; 0.9 s with this).
 */
function withApiServer(object: KubeObject, cluster: Cluster): KubeObject {
  if (object.kind !== 'DaemonSet') return object
  const env = [
    { name: 'KUBERNETES_SERVICE_HOST', value: endpointName(cluster) },
    { name: 'KUBERNETES_SERVICE_PORT', value: String(cluster.spec.apiServer.port) },
  ]
  const spec = structuredClone(object.spec) as { template: PodTemplate }
  for (const container of spec.template.spec.containers) container.env = [...(container.env ?? []), ...env]
  return { ...object, spec }
}
