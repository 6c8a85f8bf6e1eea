import { invalid } from '@slipway/errors'
import { updateNodes as flow } from '../flow/update-nodes.ts'
import { type NodeUpdate, noWishes } from '../operation/operation.ts'
import { type Asked, type Change, type ChangeDeps, changeCluster } from './change.ts'
import { checkLabels, checkTaints } from './check/nodes.ts'
import { namedNodes, refuseUnlessRunning } from './refuse.ts'
import { seeNodes } from './see-nodes.ts'
import type { NodeSpec } from './spec.ts'
import { refuse } from './validate.ts'

/** Plans other labels, taints or a cordon for nodes, and unless it is a dry run begins to set them. */
export function updateNodes(
  deps: ChangeDeps,
  asked: Asked & { names: readonly string[]; update: NodeUpdate },
): Promise<Change> {
  const { update } = asked
  refuseUpdate(update)
  return changeCluster(deps, asked, flow, async (whole) => {
    const { cluster } = whole
    refuseUnlessRunning(cluster)
    const before = namedNodes(cluster, asked.names)
    const names = before.map(({ name }) => name)
    const seen = await seeNodes(deps, whole, names)
    const change = { before, after: before.map((node) => updated(node, update)) }
    const wishes = { ...noWishes, nodes: names, update, change, seen }
    return { wishes, spec: cluster.spec, nodes: before, state: 'running' as const }
  })
}

function refuseUpdate({ setLabels, removeLabels, setTaints, removeTaints, cordoned }: NodeUpdate): void {
  const labels = Object.keys(setLabels)
  const nothing = [...labels, ...removeLabels, ...setTaints, ...removeTaints].length === 0
  if (nothing && cordoned === undefined) {
    const hint = 'Give setLabels, removeLabels, setTaints, removeTaints or cordoned.'
    throw invalid([{ field: 'setLabels', message: 'nothing is to be changed', hint }])
  }
  const both = [
    ...removeLabels.filter((key) => labels.includes(key)).map((key) => ({ field: 'removeLabels', key })),
    ...removeTaints
      .filter((key) => setTaints.some((taint) => taint.key === key))
      .map((key) => ({ field: 'removeTaints', key })),
  ]
  refuse([
    ...both.map(({ field, key }) => ({
      ...({ code: 'Invalid', field, message: `${key} is to be set and removed` } as const),
      hint: 'Keep one of the two.',
    })),
    ...checkLabels(setLabels, 'setLabels'),
    ...checkTaints(setTaints, 'setTaints'),
  ])
}

/** The node in the spec, as it is wished for afterwards. */
function updated(node: NodeSpec, { setLabels, removeLabels, setTaints, removeTaints }: NodeUpdate): NodeSpec {
  const labels = Object.entries({ ...node.labels, ...setLabels }).filter(
    ([key]) => !removeLabels.includes(key),
  )
  const gone = [...removeTaints, ...setTaints.map(({ key }) => key)]
  const taints = [...node.taints.filter(({ key }) => !gone.includes(key)), ...setTaints]
  return { ...node, labels: Object.fromEntries(labels), taints }
}
