import type { Operation, OperationKind, OperationState } from '../operation/operation.ts'
import type { ClusterState } from './cluster.ts'

type Begun = Exclude<OperationState, 'queued'>

/** The state of a cluster by the state of an operation that makes or ends it. */
const states = {
  'create-cluster': {
    planned: 'creating',
    running: 'creating',
    paused: 'creating',
    succeeded: 'running',
    failed: 'failed',
    cancelled: 'failed',
    undone: 'deleted',
  },
  'delete-cluster': {
    planned: 'deleting',
    running: 'deleting',
    paused: 'deleting',
    succeeded: 'deleted',
    failed: 'failed',
    cancelled: 'failed',
    undone: 'failed',
  },
} as const satisfies Partial<Record<OperationKind, Record<Begun, ClusterState>>>

const deeds = {
  'create-cluster': 'Creating it',
  'delete-cluster': 'Deleting it',
  'add-nodes': 'Adding nodes',
  'remove-nodes': 'Removing nodes',
  'update-nodes': 'Setting labels, taints or cordon of nodes',
  'drain-nodes': 'Draining nodes',
} as const satisfies Record<OperationKind, string>

/** How a cluster is while, or after, an operation changes it. One that only changes nodes leaves it running. */
export function stateDuring({
  kind,
  state,
  undoing,
}: Pick<Operation, 'kind' | 'undoing'> & { state: Begun }): ClusterState {
  if (kind !== 'create-cluster' && kind !== 'delete-cluster') return 'running'
  const next = states[kind][state]
  return undoing && next === 'creating' ? 'deleting' : next
}

/** Why it is so, where that is not plain. */
export function reasonDuring({
  kind,
  state,
  undoing,
  failure,
}: Pick<Operation, 'kind' | 'state' | 'undoing' | 'failure'>): string {
  const deed = undoing ? `Undoing: ${deeds[kind].toLowerCase()}` : deeds[kind]
  if (state === 'failed') return `${deed} failed: ${failure?.message ?? 'the reason is not known'}`
  if (state === 'cancelled') return `${deed} was cancelled.`
  if (state === 'paused') return `${deed} is paused.`
  return ''
}
