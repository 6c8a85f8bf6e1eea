import { fixing } from './fixing.ts'
import { bytesPulled, controlPlanes, everyNode, type Flow, nobody, workers } from './flow.ts'
import { applyAddons } from './step/apply-addons.ts'
import { applyNetwork } from './step/apply-network.ts'
import { awaitReady } from './step/await-ready.ts'
import { checkHosts } from './step/check-hosts.ts'
import { joinWorkers } from './step/join-workers.ts'
import { prepareNodes } from './step/prepare-nodes.ts'
import { releaseHosts } from './step/release-hosts.ts'
import { resetHosts } from './step/reset-hosts.ts'
import { startControlPlane } from './step/start-control-plane.ts'

/** A cluster from nothing. A failed one stays to be looked at; undone, its hosts are what they were. */
export const createCluster: Flow = {
  kind: 'create-cluster',
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
      undo: { title: 'Take the pull token away', do: releaseHosts },
    },
    fixing,
    {
      name: 'prepare-nodes',
      title: 'Prepare the hosts: settings, containerd, kubelet, images',
      needs: ['check-hosts', 'fix-hosts'],
      nodes: everyNode,
      changes: ({ spec }) => [
        'kernel modules, sysctls and the host firewall are set for Kubernetes',
        `containerd and its data in ${spec.runtime.dataDir}, driver ${spec.runtime.cgroupDriver}`,
        `kubelet, kubeadm and kubectl ${spec.kubernetesVersion}`,
        'downloads come from repo-proxy alone',
      ],
      pulls: bytesPulled,
      minutes: 60,
      runs: true,
      do: prepareNodes,
      undo: { title: 'Bring the hosts back to what they were', do: resetHosts },
    },
    {
      name: 'start-control-plane',
      title: 'Start the control plane',
      needs: ['prepare-nodes'],
      nodes: controlPlanes,
      changes: ({ spec }) => [
        `etcd with its data in ${spec.etcd.dataDir}`,
        `API server on port ${spec.apiServer.port}, controller manager, scheduler`,
        ...(spec.apiServer.encryptionAtRest ? ['secrets are encrypted in etcd'] : []),
        ...(spec.apiServer.audit.enabled ? ['requests are audited to /var/log/kubernetes'] : []),
        'super-admin.conf moves into the vault',
      ],
      minutes: 15,
      runs: true,
      do: startControlPlane,
    },
    {
      name: 'apply-network',
      title: 'Apply the pod network and the rights of people',
      needs: ['start-control-plane'],
      nodes: nobody,
      changes: ({ spec }) => [
        `flannel (${spec.network.flannelBackend}) over ${spec.network.podCidr}`,
        'roles of administrators, operators and viewers',
      ],
      minutes: 5,
      runs: false,
      do: applyNetwork,
    },
    {
      name: 'join-workers',
      title: 'Join the workers',
      needs: ['start-control-plane'],
      nodes: workers,
      when: (subject) => workers(subject).length > 0,
      changes: () => ['kubelet joins with a bootstrap token that is deleted afterwards'],
      minutes: 30,
      runs: true,
      do: joinWorkers,
    },
    {
      name: 'apply-addons',
      title: 'Apply metrics-server',
      needs: ['apply-network'],
      nodes: nobody,
      changes: () => ['metrics-server, which checks the certificates of kubelets'],
      minutes: 5,
      runs: false,
      whenSkipped: 'kubectl top and autoscaling by use have no numbers',
      do: applyAddons,
    },
    {
      name: 'await-ready',
      title: 'Wait until nodes, DNS and metrics are ready',
      needs: ['apply-network', 'join-workers', 'apply-addons'],
      nodes: everyNode,
      changes: () => ['serving certificates of kubelets are approved'],
      minutes: 15,
      runs: false,
      whenSkipped: 'it is not known whether every node came',
      do: awaitReady,
    },
  ],
}
