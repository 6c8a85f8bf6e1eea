import { atApiServer } from '../../cluster/api-server.ts'
import type { StepContext } from '../../operation/step-context.ts'
import { readBlueprint } from '../blueprint.ts'
import type { Site } from '../site.ts'

/** Takes nodes out of their cluster. Their hosts become free with the operation's end, in the same transaction. */
export async function leaveCluster(ctx: StepContext, site: Site): Promise<void> {
  const { cluster, sealed, controlPlane, places } = await readBlueprint(site, ctx.operation)
  const at = { ...site, cluster, sealed, address: controlPlane.host.address, signal: ctx.signal }
  await atApiServer(at, async (kube) => {
    for (const { node } of places) await kube.deleteNode(node.name)
  })
}
