import type { Operation } from '../../../../../api/client.ts'

/** What can be done with nodes, and the right that it takes. */
export const actions = {
  add: 'ClusterService_AddNodes',
  cordon: 'ClusterService_UpdateNodes',
  uncordon: 'ClusterService_UpdateNodes',
  label: 'ClusterService_UpdateNodes',
  drain: 'ClusterService_DrainNodes',
  remove: 'ClusterService_RemoveNodes',
} as const satisfies Record<string, Operation>
export type ActionName = keyof typeof actions
