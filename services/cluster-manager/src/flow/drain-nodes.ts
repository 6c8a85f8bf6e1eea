import { drainOf } from '../operation/operation.ts'
import { everyNode, type Flow } from './flow.ts'
import { drainChanges } from './remove-nodes.ts'
import { drainNodes, uncordonNodes } from './step/drain-nodes.ts'

/** Workloads away from nodes, which stay cordoned: before somebody works on the machines. */
export const drain: Flow = {
  kind: 'drain-nodes',
  steps: [
    {
      name: 'drain-nodes',
      title: 'Move the workloads away',
      needs: [],
      nodes: everyNode,
      changes: drainChanges,
      disturbance: 'drains',
      minutes: (wishes) => drainOf(wishes).minutes + 5,
      runs: false,
      do: drainNodes,
      undo: { title: 'Let pods come to the nodes again', do: uncordonNodes },
    },
  ],
}
