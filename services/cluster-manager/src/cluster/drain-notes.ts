import type { DrainWish } from '../operation/operation.ts'
import type { ChangeDeps, Whole } from './change.ts'
import { askApiServer } from './see-nodes.ts'
import type { NodeSpec } from './spec.ts'

/** What a drain would meet now, in words: pods that move, pods that forbid it, budgets that would hold it up. */
export function drainNotes(
  deps: ChangeDeps,
  whole: Whole,
  { nodes, drain }: { nodes: readonly NodeSpec[]; drain: DrainWish },
): Promise<string[]> {
  const options = { deleteEmptyDirData: drain.deleteEmptyDirData, force: drain.deleteBarePods }
  return askApiServer(deps, whole, async (kube) => {
    const notes: string[] = []
    for (const { name } of nodes) {
      const { moved, refused, budgets } = await kube.drainPreview(name, options)
      notes.push(`${name}: ${moved.length} pods move`)
      notes.push(...refused.map(({ field, message, hint }) => `${name}: ${field} ${message}. ${hint}`))
      notes.push(...budgets.map(({ said }) => `${name}: ${said}`))
    }
    return notes
  })
}
