import type { Problem } from '@slipway/errors'
import type { Connection } from '../client.ts'
import { type TightBudget, tightBudgets } from './budget.ts'
import type { DrainOptions, PodReason } from './judge.ts'
import { podName } from './pod.ts'
import { surveyNode } from './survey.ts'

/** What a drain would do now. */
export type DrainPreview = {
  /** Pods that would be evicted, as `namespace/name`. */
  moved: string[]
  /** Pods that belong to the node. */
  stays: PodReason[]
  /** Why it would not begin. */
  refused: Problem[]
  /** Budgets that would make it wait. */
  budgets: TightBudget[]
}

/** Says what a drain of a node would do, and changes nothing. */
export async function drainPreview(
  connection: Connection,
  node: string,
  options: DrainOptions,
): Promise<DrainPreview> {
  const { moved, stays, refused, budgets } = await surveyNode(connection, node, options)
  return { moved: moved.map(podName), stays, refused, budgets: tightBudgets(budgets, moved) }
}
