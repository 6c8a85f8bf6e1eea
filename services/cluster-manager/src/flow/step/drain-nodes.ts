import { atApiServer } from '../../cluster/api-server.ts'
import { drainOf } from '../../operation/operation.ts'
import type { StepContext } from '../../operation/step-context.ts'
import { readBlueprint } from '../blueprint.ts'
import type { Site } from '../site.ts'

/**
 * Moves workloads away from nodes, one node after the other, so that a budget which spans them is not asked for all at
 * once. A dead node that may be left behind is only cordoned: nobody on it could confirm that a pod has ended.
 */
export async function drainNodes(ctx: StepContext, site: Site): Promise<void> {
  const { cluster, sealed, controlPlane, places } = await readBlueprint(site, ctx.operation)
  const { wishes } = ctx.operation
  const wish = drainOf(wishes)
  const at = { ...site, cluster, sealed, address: controlPlane.host.address, signal: ctx.signal }
  await atApiServer(at, async (kube) => {
    for (const { node } of places) {
      const status = await kube.node(node.name)
      if (!status) continue
      if (!status.ready && wishes.leaveUnreachable) {
        await kube.cordon(node.name)
        ctx.note(`${node.name} is not Ready: its pods are not moved`)
        continue
      }
      await kube.drain(node.name, {
        signal: ctx.signal,
        deadline: new Date(site.now().getTime() + wish.minutes * 60_000),
        deleteEmptyDirData: wish.deleteEmptyDirData,
        force: wish.deleteBarePods,
        onProgress: ({ moved, left, waiting }) =>
          ctx.note(
            [
              `${node.name}: ${moved} of ${moved + left} pods moved`,
              ...waiting.map(({ pod, reason }) => `${pod} waits: ${reason}`),
            ].join('; '),
          ),
      })
    }
  })
}

/** Lets pods come again to the nodes that were not cordoned before. */
export async function uncordonNodes(ctx: StepContext, site: Site): Promise<void> {
  const { cluster, sealed, controlPlane, places } = await readBlueprint(site, ctx.operation)
  const { seen = [] } = ctx.operation.wishes
  const at = { ...site, cluster, sealed, address: controlPlane.host.address, signal: ctx.signal }
  await atApiServer(at, async (kube) => {
    for (const { node } of places) {
      const before = seen.find(({ name }) => name === node.name)
      if (!before?.cordoned) await kube.uncordon(node.name)
    }
  })
}
