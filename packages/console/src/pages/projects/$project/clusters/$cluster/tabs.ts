import type { Operation } from '../../../../../api/client.ts'

/** The parts of a cluster's page. */
export const tabs = ['overview', 'nodes', 'spec', 'operations', 'kubeconfig', 'danger'] as const
export type Tab = (typeof tabs)[number]

/** Those that only people with a right see. */
export const rightOf: Partial<Record<Tab, Operation>> = {
  kubeconfig: 'ClusterService_CreateKubeconfig',
  danger: 'ClusterService_DeleteCluster',
}
