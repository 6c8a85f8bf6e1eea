import type { OperationKind, OperationState } from '../operation/operation.ts'
import type { ClusterState } from './cluster.ts'

/** The state of a cluster by its operation's kind and state. */
const states = {
  'create-cluster': {
    planned: 'creating',
    running: 'creating',
    succeeded: 'running',
    failed: 'failed',
    cancelled: 'failed',
  },
  'delete-cluster': {
    planned: 'deleting',
    running: 'deleting',
    succeeded: 'deleted',
    failed: 'failed',
    cancelled: 'failed',
  },
} as const satisfies Record<OperationKind, Record<OperationState, ClusterState>>

/** How a cluster is while, or after, an operation changes it. */
export function stateDuring(kind: OperationKind, state: OperationState): ClusterState {
  return states[kind][state]
}

/** Why it is so, where that is not plain. */
export function reasonDuring(
  kind: OperationKind,
  state: OperationState,
  failure: string | undefined,
): string {
  const verb = kind === 'create-cluster' ? 'Creating it' : 'Deleting it'
  if (state === 'failed') return `${verb} failed: ${failure ?? 'the reason is not known'}`
  if (state === 'cancelled') return `${verb} was cancelled.`
  return ''
}
