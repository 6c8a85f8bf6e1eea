import { atApiServer } from '../../cluster/api-server.ts'
import type { NodeUpdate } from '../../operation/operation.ts'
import type { StepContext } from '../../operation/step-context.ts'
import { readBlueprint } from '../blueprint.ts'
import type { Site } from '../site.ts'

/** Sets what was wished for of labels, taints and cordon; what was not named stays. */
export async function updateNodes(ctx: StepContext, site: Site): Promise<void> {
  const { update } = ctx.operation.wishes
  if (update) await setOnEach(ctx, site, () => update)
}

/** Brings back what the named labels, taints and the cordon were when the change was planned. */
export async function restoreNodes(ctx: StepContext, site: Site): Promise<void> {
  const { update, seen = [] } = ctx.operation.wishes
  if (!update) return
  const labels = [...Object.keys(update.setLabels), ...update.removeLabels]
  const taints = [...update.setTaints.map(({ key }) => key), ...update.removeTaints]
  await setOnEach(ctx, site, (name) => {
    const before = seen.find((node) => node.name === name)
    const setLabels = Object.fromEntries(labels.flatMap((key) => textOf(before?.labels ?? {}, key)))
    const setTaints = (before?.taints ?? []).filter(({ key }) => taints.includes(key))
    return {
      ...{ setLabels, removeLabels: labels.filter((key) => !(key in setLabels)) },
      ...{ setTaints, removeTaints: taints.filter((key) => !setTaints.some((taint) => taint.key === key)) },
      ...(update.cordoned === undefined ? {} : { cordoned: before?.cordoned ?? false }),
    }
  })
}

async function setOnEach(ctx: StepContext, site: Site, of: (node: string) => NodeUpdate): Promise<void> {
  const { cluster, sealed, controlPlane, places } = await readBlueprint(site, ctx.operation)
  const at = { ...site, cluster, sealed, address: controlPlane.host.address, signal: ctx.signal }
  await atApiServer(at, async (kube) => {
    for (const { node } of places) {
      const { setLabels, removeLabels, setTaints, removeTaints, cordoned } = of(node.name)
      await kube.setLabels(node.name, { set: setLabels, remove: removeLabels })
      await kube.setTaints(node.name, { set: setTaints, remove: removeTaints.map((key) => ({ key })) })
      if (cordoned !== undefined) await (cordoned ? kube.cordon(node.name) : kube.uncordon(node.name))
    }
  })
}

function textOf(labels: Record<string, string>, key: string): [string, string][] {
  const value = labels[key]
  return value === undefined ? [] : [[key, value]]
}
