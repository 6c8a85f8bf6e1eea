import { join } from 'node:path'
import { readManifests } from '@slipway/kube'
import { atApiServer } from '../../cluster/api-server.ts'
import type { StepContext } from '../../operation/step-context.ts'
import { readBlueprint } from '../blueprint.ts'
import type { Site } from '../site.ts'

/** Applies what every cluster has besides Kubernetes itself: metrics-server. */
export async function applyAddons(ctx: StepContext, site: Site): Promise<void> {
  const { cluster, sealed, controlPlane } = await readBlueprint(site, ctx.operation)
  const objects = await readManifests(join(site.manifests, 'metrics-server.yaml'))
  const at = { ...site, cluster, sealed, address: controlPlane.host.address, signal: ctx.signal }
  await atApiServer(at, (kube) => kube.apply(objects))
}
