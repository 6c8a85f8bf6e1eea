import { everyNode, type Flow } from './flow.ts'
import { releaseHosts } from './step/release-hosts.ts'
import { resetHosts } from './step/reset-hosts.ts'

/** A cluster away again, its hosts as they were before it. */
export const deleteCluster: Flow = {
  kind: 'delete-cluster',
  steps: [
    {
      name: 'reset-hosts',
      title: 'Bring the hosts back to what they were',
      needs: [],
      nodes: everyNode,
      when: ({ wishes }) => !wishes.forget,
      changes: ({ spec, wishes }) => [
        'workloads, Kubernetes, containerd and their data are removed',
        `${spec.etcd.dataDir} and ${spec.runtime.dataDir} are deleted`,
        'settings, packages and users are brought back',
        ...(wishes.leaveUnreachable ? ['hosts that can not be reached are left behind by name'] : []),
      ],
      minutes: 30,
      runs: true,
      lasting: 'what was on the hosts is gone',
      do: resetHosts,
    },
    {
      name: 'release-hosts',
      title: 'Take the keys away and set the hosts free',
      needs: ['reset-hosts'],
      nodes: everyNode,
      changes: ({ wishes }) => [
        'the pull token of the cluster is revoked, its kubeconfig deleted',
        wishes.forget ? 'the hosts are left as they are' : 'the hosts can be used again',
      ],
      minutes: 5,
      runs: false,
      do: releaseHosts,
    },
  ],
}
