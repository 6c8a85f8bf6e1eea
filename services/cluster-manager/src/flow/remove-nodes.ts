import { drainOf } from '../operation/operation.ts'
import { everyNode, type Flow, type Subject } from './flow.ts'
import { drainNodes, uncordonNodes } from './step/drain-nodes.ts'
import { leaveCluster } from './step/leave-cluster.ts'
import { resetHosts } from './step/reset-hosts.ts'

/** Workers out of a living cluster, their hosts as they were before it. */
export const removeNodes: Flow = {
  kind: 'remove-nodes',
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
      whenSkipped: 'pods that still run on the nodes end without warning',
      do: drainNodes,
      undo: { title: 'Let pods come to the nodes again', do: uncordonNodes },
    },
    {
      name: 'reset-hosts',
      title: 'Bring the hosts back to what they were',
      needs: ['drain-nodes'],
      nodes: everyNode,
      changes: ({ spec, wishes }) => [
        `Kubernetes, containerd and ${spec.runtime.dataDir} are removed`,
        'settings, packages and users are brought back',
        ...(wishes.leaveUnreachable ? ['hosts that can not be reached are left behind by name'] : []),
      ],
      minutes: 30,
      runs: true,
      lasting: 'what was on the hosts is gone; add them as workers again',
      do: resetHosts,
    },
    {
      name: 'leave-cluster',
      title: 'Take the nodes out of the cluster',
      needs: ['reset-hosts'],
      nodes: everyNode,
      changes: () => ['their Node objects are deleted, the hosts can be used again'],
      minutes: 5,
      runs: false,
      do: leaveCluster,
    },
  ],
}

/** What draining means, in words. */
export function drainChanges({ wishes }: Subject): string[] {
  const { minutes, deleteEmptyDirData, deleteBarePods } = drainOf(wishes)
  return [
    `no new pods come; those there are evicted within their disruption budgets, ${minutes} minutes at most`,
    ...(deleteEmptyDirData ? ['data in emptyDir volumes is lost'] : []),
    ...(deleteBarePods ? ['pods that nothing starts elsewhere are deleted'] : []),
  ]
}
