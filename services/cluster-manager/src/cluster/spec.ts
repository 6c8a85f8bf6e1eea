/** What a cluster is to be, complete: inside there is nothing left to default. */
export type ClusterSpec = {
  kubernetesVersion: string
  nodes: NodeSpec[]
  network: {
    podCidr: string
    serviceCidr: string
    /** Length of each node's share of podCidr. */
    nodeMask: number
    dnsDomain: string
    proxyMode: string
    flannelBackend: string
    nodePortRange: string
  }
  apiServer: {
    port: number
    extraSans: string[]
    audit: { enabled: boolean; maxAgeDays: number; maxBackups: number; maxSizeMib: number }
    encryptionAtRest: boolean
  }
  runtime: { dataDir: string; cgroupDriver: string }
  kubelet: {
    maxPods: number
    systemReserved: Reservation
    kubeReserved: Reservation
    /** Signal to threshold: memory.available → 100Mi. */
    evictionHard: Record<string, string>
  }
  etcd: { dataDir: string; quotaMib: number; autoCompactionHours: number; snapshotCount: number }
  controlPlaneSchedulable: boolean
}

export type NodeSpec = {
  host: string
  role: string
  name: string
  labels: Record<string, string>
  taints: Taint[]
}

export type Taint = { key: string; value: string; effect: string }

export type Reservation = { cpuMillicores: number; memoryMib: number }

/** A spec as a person gives it: 0, '' and what is absent stand for "as usual". */
export type SpecDraft = {
  kubernetesVersion: string
  nodes: readonly NodeSpec[]
  network?: Partial<ClusterSpec['network']>
  apiServer?: {
    port?: number
    extraSans?: string[]
    audit?: Partial<ClusterSpec['apiServer']['audit']>
    encryptionAtRest?: boolean
  }
  runtime?: Partial<ClusterSpec['runtime']>
  kubelet?: {
    maxPods?: number
    systemReserved?: Partial<Reservation>
    kubeReserved?: Partial<Reservation>
    evictionHard?: Record<string, string>
  }
  etcd?: Partial<ClusterSpec['etcd']>
  controlPlaneSchedulable: boolean
}

/** Fills in everything left out, once. `hosts` gives nodes their names and, by a profile, the cgroup driver. */
export function completeSpec(
  draft: SpecDraft,
  hosts: ReadonlyMap<string, { name: string; cgroupDriver: string | undefined }>,
): ClusterSpec {
  const { network = {}, apiServer = {}, runtime = {}, kubelet = {}, etcd = {} } = draft
  const audit = apiServer.audit ?? {}
  const ofProfile = draft.nodes.map(({ host }) => hosts.get(host)?.cgroupDriver).find(Boolean)
  return {
    kubernetesVersion: draft.kubernetesVersion,
    nodes: draft.nodes.map((node) => ({
      host: node.host,
      role: node.role,
      name: node.name || hosts.get(node.host)?.name || '',
      labels: { ...node.labels },
      taints: node.taints.map(({ key, value, effect }) => ({ key, value, effect })),
    })),
    network: {
      podCidr: network.podCidr || '10.244.0.0/16',
      serviceCidr: network.serviceCidr || '10.96.0.0/16',
      nodeMask: network.nodeMask || 24,
      dnsDomain: network.dnsDomain || 'cluster.local',
      proxyMode: network.proxyMode || 'nftables',
      flannelBackend: network.flannelBackend || 'vxlan',
      nodePortRange: network.nodePortRange || '30000-32767',
    },
    apiServer: {
      port: apiServer.port || 6443,
      extraSans: [...(apiServer.extraSans ?? [])],
      audit: {
        enabled: audit.enabled ?? true,
        maxAgeDays: audit.maxAgeDays || 30,
        maxBackups: audit.maxBackups || 10,
        maxSizeMib: audit.maxSizeMib || 100,
      },
      encryptionAtRest: apiServer.encryptionAtRest ?? true,
    },
    runtime: {
      dataDir: runtime.dataDir || '/var/lib/containerd',
      cgroupDriver: runtime.cgroupDriver || ofProfile || 'systemd',
    },
    kubelet: {
      maxPods: kubelet.maxPods || 110,
      systemReserved: reservation(kubelet.systemReserved),
      kubeReserved: reservation(kubelet.kubeReserved),
      evictionHard: { ...kubelet.evictionHard },
    },
    etcd: {
      dataDir: etcd.dataDir || '/var/lib/etcd',
      quotaMib: etcd.quotaMib || 8192,
      autoCompactionHours: etcd.autoCompactionHours || 1,
      snapshotCount: etcd.snapshotCount || 10_000,
    },
    // Nowhere else could a workload run.
    controlPlaneSchedulable: draft.nodes.length === 1 || draft.controlPlaneSchedulable,
  }
}

function reservation({ cpuMillicores = 0, memoryMib = 0 }: Partial<Reservation> = {}): Reservation {
  return { cpuMillicores, memoryMib }
}
