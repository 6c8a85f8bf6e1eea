import type { ResolvedPlatform } from '@slipway/release'
import { endpointName } from '../cluster/cluster.ts'
import type { Reservation } from '../cluster/spec.ts'
import type { Blueprint, Visit } from './blueprint.ts'

export type Variables = Record<string, unknown>

/** `slipway_cluster`: what the playbooks know of a cluster. Plain data; the runner wraps every text as unsafe. */
export function clusterVariables({
  cluster,
  controlPlane,
}: {
  cluster: Pick<Blueprint['cluster'], 'id' | 'name' | 'spec'>
  controlPlane: { host: Pick<Visit['host'], 'address'> }
}): Variables {
  const { id, name, spec } = cluster
  const { network, apiServer, kubelet, etcd, runtime } = spec
  return {
    id,
    name,
    kubernetes_version: spec.kubernetesVersion,
    pod_cidr: network.podCidr,
    service_cidr: network.serviceCidr,
    node_mask: network.nodeMask,
    max_pods: kubelet.maxPods,
    dns_domain: network.dnsDomain,
    proxy_mode: network.proxyMode,
    node_port_range: network.nodePortRange,
    api_port: apiServer.port,
    endpoint: endpointName(cluster),
    control_plane_addresses: [controlPlane.host.address],
    extra_sans: apiServer.extraSans,
    runtime_data_dir: runtime.dataDir,
    cgroup_driver: runtime.cgroupDriver,
    kubelet: {
      system_reserved: reserved(kubelet.systemReserved),
      kube_reserved: reserved(kubelet.kubeReserved),
      eviction_hard: kubelet.evictionHard,
    },
    audit: {
      enabled: apiServer.audit.enabled,
      max_age_days: apiServer.audit.maxAgeDays,
      max_backups: apiServer.audit.maxBackups,
      max_size_mib: apiServer.audit.maxSizeMib,
    },
    encryption_at_rest: apiServer.encryptionAtRest,
    etcd: {
      data_dir: etcd.dataDir,
      quota_mib: etcd.quotaMib,
      auto_compaction_hours: etcd.autoCompactionHours,
      snapshot_count: etcd.snapshotCount,
    },
    control_plane_schedulable: spec.controlPlaneSchedulable,
    cni: { backend: network.flannelBackend },
  }
}

/** What the playbooks know of one host: its node, its part of the release, and its profile. */
export function placeVariables({ node, host, part, profile }: Visit): Variables {
  return {
    slipway_node: {
      name: node.name,
      address: host.address,
      role: node.role,
      labels: node.labels,
      taints: node.taints,
      schedulable: true,
    },
    slipway_release: releaseVariables(part, node.role),
    slipway_profile: profile,
  }
}

/** The files, images and packages that a node of a role gets. */
function releaseVariables({ files, images, packages }: ResolvedPlatform, role: string): Variables {
  const wanted = imagesFor({ images }, role)
  const tagOf = (name: string) => images.find(({ repository }) => repository.endsWith(`/${name}`))
  return {
    registries: [...new Set(wanted.map(({ repository }) => repository.split('/')[0]))],
    files: files.map(({ path, mode, url, sha256, bytes }) => ({ path, mode, url, sha256, bytes })),
    images: wanted.map(({ repository, tag, role }) => ({ repository, tag, role })),
    packages: { repository: packages.repository, names: packages.names },
    versions: {
      pause: `${tagOf('pause')?.repository}:${tagOf('pause')?.tag}`,
      etcd_tag: tagOf('etcd')?.tag,
      coredns_tag: tagOf('coredns')?.tag,
    },
  }
}

/** The images that a node of a role runs; the proof's come when somebody asks for proof. */
function imagesFor({ images }: Pick<ResolvedPlatform, 'images'>, role: string) {
  const roles =
    role === 'control-plane' ? ['control-plane', 'node', 'all', 'addon'] : ['node', 'all', 'addon']
  return images.filter((image) => roles.includes(image.role))
}

/** Bytes that a node of a role pulls. */
export function pulledBytes(part: ResolvedPlatform, role: string): number {
  const things = [...part.files, ...imagesFor(part, role), ...part.packages.debs]
  return things.reduce((sum, { bytes }) => sum + bytes, 0)
}

function reserved({ cpuMillicores, memoryMib }: Reservation): Variables {
  return {
    ...(cpuMillicores > 0 ? { cpu: `${cpuMillicores}m` } : {}),
    ...(memoryMib > 0 ? { memory: `${memoryMib}Mi` } : {}),
  }
}
