import { bug } from '@slipway/errors'
import type { OperationKind } from '../operation/operation.ts'
import type { StepMeans } from '../operation/step-context.ts'
import { createCluster } from './create-cluster.ts'
import { deleteCluster } from './delete-cluster.ts'
import type { Flow } from './flow.ts'
import type { Site } from './site.ts'

const flows = {
  'create-cluster': createCluster,
  'delete-cluster': deleteCluster,
} as const satisfies Record<OperationKind, Flow>

/** How each step of each flow is carried out at this site. */
export function meansAt(site: Site): (kind: OperationKind, step: string) => StepMeans {
  return (kind, name) => {
    const step = flows[kind].steps.find((one) => one.name === name)
    if (!step) throw bug(`the flow ${kind} has no step ${name}`)
    return { minutes: step.minutes, runs: step.runs, work: (ctx) => step.do(ctx, site) }
  }
}
