import { fixing } from './fixing.ts'
import { bytesPulled, everyNode, type Flow } from './flow.ts'
import { awaitNodes } from './step/await-ready.ts'
import { checkHosts } from './step/check-hosts.ts'
import { joinWorkers } from './step/join-workers.ts'
import { leaveCluster } from './step/leave-cluster.ts'
import { prepareNodes } from './step/prepare-nodes.ts'
import { resetHosts } from './step/reset-hosts.ts'

/** Workers for a living cluster. Only the new hosts are logged in to; the API server is asked for the rest. */
export const addNodes: Flow = {
  kind: 'add-nodes',
  steps: [
    {
      name: 'check-hosts',
      title: 'Check that the hosts can become nodes',
      needs: [],
      nodes: everyNode,
      changes: () => [],
      minutes: 10,
      runs: true,
      whenSkipped: 'nobody has looked whether the hosts can become nodes',
      do: checkHosts,
    },
    fixing,
    {
      name: 'prepare-nodes',
      title: 'Prepare the hosts: settings, containerd, kubelet, images',
      needs: ['check-hosts', 'fix-hosts'],
      nodes: everyNode,
      changes: ({ spec }) => [
        'kernel modules, sysctls and the host firewall are set for Kubernetes',
        `containerd and its data in ${spec.runtime.dataDir}, kubelet and kubeadm ${spec.kubernetesVersion}`,
        'downloads come from repo-proxy alone',
      ],
      pulls: bytesPulled,
      minutes: 60,
      runs: true,
      do: prepareNodes,
      undo: { title: 'Bring the hosts back to what they were', do: resetHosts },
    },
    {
      name: 'join-workers',
      title: 'Join the workers',
      needs: ['prepare-nodes'],
      nodes: everyNode,
      changes: () => ['kubelet joins with a bootstrap token that is deleted afterwards'],
      minutes: 30,
      runs: true,
      do: joinWorkers,
      undo: { title: 'Take the nodes out of the cluster', do: leaveCluster },
    },
    {
      name: 'await-ready',
      title: 'Wait until the nodes are ready',
      needs: ['join-workers'],
      nodes: everyNode,
      changes: () => ['serving certificates of their kubelets are approved'],
      minutes: 15,
      runs: false,
      whenSkipped: 'it is not known whether the nodes came',
      do: awaitNodes,
    },
  ],
}
