import { everyNode, type Flow, type Subject } from './flow.ts'
import { restoreNodes, updateNodes as set } from './step/update-nodes.ts'

/** Other labels and taints for nodes, or whether pods may come to them. */
export const updateNodes: Flow = {
  kind: 'update-nodes',
  steps: [
    {
      name: 'update-nodes',
      title: 'Set labels, taints and cordon of the nodes',
      needs: [],
      nodes: everyNode,
      changes,
      minutes: 10,
      runs: false,
      do: set,
      undo: { title: 'Set them back to what they were', do: restoreNodes },
    },
  ],
}

function changes({ wishes: { update } }: Subject): string[] {
  if (!update) return []
  const { setLabels, removeLabels, setTaints, removeTaints, cordoned } = update
  const evicting = setTaints.filter(({ effect }) => effect === 'NoExecute')
  return [
    ...Object.entries(setLabels).map(([key, value]) => `label ${key}=${value}`),
    ...removeLabels.map((key) => `label ${key} is removed`),
    ...setTaints.map(({ key, value, effect }) => `taint ${key}=${value}:${effect}`),
    ...removeTaints.map((key) => `taint ${key} is removed`),
    ...(cordoned === undefined ? [] : [cordoned ? 'no new pods come' : 'pods may come again']),
    ...evicting.map(({ key }) => `pods that do not tolerate ${key} end at once`),
  ]
}
