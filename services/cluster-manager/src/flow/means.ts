import { bug } from '@slipway/errors'
import type { OperationKind } from '../operation/operation.ts'
import type { MeansOf } from '../operation/step-context.ts'
import { addNodes } from './add-nodes.ts'
import { createCluster } from './create-cluster.ts'
import { deleteCluster } from './delete-cluster.ts'
import { drain } from './drain-nodes.ts'
import type { Flow } from './flow.ts'
import { removeNodes } from './remove-nodes.ts'
import type { Site } from './site.ts'
import { updateNodes } from './update-nodes.ts'

const flows = {
  'create-cluster': createCluster,
  'delete-cluster': deleteCluster,
  'add-nodes': addNodes,
  'remove-nodes': removeNodes,
  'update-nodes': updateNodes,
  'drain-nodes': drain,
} as const satisfies Record<OperationKind, Flow>

/** How each step of each flow is carried out at this site. */
export function meansAt(site: Site): MeansOf {
  return (kind, name) => {
    const step = flows[kind].steps.find((one) => one.name === name)
    if (!step) throw bug(`the flow ${kind} has no step ${name}`)
    const { minutes, runs, undo, lasting = '', whenSkipped } = step
    return {
      ...{ runs, lasting, mayBeSkipped: whenSkipped !== undefined },
      minutes: ({ wishes }) => (typeof minutes === 'number' ? minutes : minutes(wishes)),
      work: (ctx) => step.do(ctx, site),
      ...(undo ? { undo: (ctx) => undo.do(ctx, site) } : {}),
    }
  }
}
