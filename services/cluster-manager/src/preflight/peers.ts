import type { ClusterSpec } from '../cluster/spec.ts'
import type { Visit } from '../flow/blueprint.ts'

/** A host that takes part in a check, or lives in the cluster already. */
export type Member = {
  /** As it is called in the run. */
  name: string
  address: string
  role: string
  /** It is not asked itself: its own services answer. */
  lives: boolean
}

/** `slipway_peers` of one host: whom it tries, and who tries it; ports are written tcp/10250. */
export type Peer = { name: string; address: string; ports: string[]; asks: string[] }

/** What decides which ports nodes need of each other. */
export type Ports = { api: number; vxlan: boolean }

const KUBELET = 'tcp/10250'
const ETCD = ['tcp/2379', 'tcp/2380']
const VXLAN = 'udp/8472'
/** How many others a node tries besides the control planes: the next ones in a ring, so that everybody is tried as often. */
const OTHERS = 3

/** A host that is to become a node. */
export function memberOf({ node, host }: Pick<Visit, 'node' | 'host'>): Member {
  return { name: node.name, address: host.address, role: node.role, lives: false }
}

/** Whom each host of such a cluster tries, by name. */
export function peersIn(
  { network, apiServer }: ClusterSpec,
  members: readonly Member[],
): Map<string, Peer[]> {
  return peersOfAll(members, { api: apiServer.port, vxlan: network.flannelBackend === 'vxlan' })
}

/**
 * Whom each host tries, by name: every control plane, and three others, both ways. A thousand nodes are some seven
 * thousand ways, and no host but a control plane has more than a dozen of them.
 */
export function peersOfAll(members: readonly Member[], ports: Ports): Map<string, Peer[]> {
  const pairs = new Map<Member, Set<Member>>(members.map((member) => [member, new Set()]))
  const pair = (one: Member, other: Member) => {
    if (one === other) return
    pairs.get(one)?.add(other)
    pairs.get(other)?.add(one)
  }
  const workers = members.filter(({ role, lives }) => role !== 'control-plane' && !lives)
  for (const [at, worker] of workers.entries()) {
    for (let next = 1; next <= OTHERS; next++) pair(worker, workers[(at + next) % workers.length] ?? worker)
  }
  for (const controlPlane of members.filter(({ role }) => role === 'control-plane')) {
    for (const member of members) pair(controlPlane, member)
  }
  return new Map(
    [...pairs].map(([member, others]) => [
      member.name,
      [...others].map((other) => ({
        name: other.name,
        address: other.address,
        ports: portsOf(other, member, ports),
        asks: other.lives ? [] : portsOf(member, other, ports),
      })),
    ]),
  )
}

/** The ports of a node that another one needs. */
function portsOf(node: Member, asker: Member, { api, vxlan }: Ports): string[] {
  const isControlPlane = node.role === 'control-plane'
  return [
    ...(isControlPlane ? [`tcp/${api}`] : []),
    ...(isControlPlane && asker.role === 'control-plane' ? ETCD : []),
    KUBELET,
    // Of a node that lives the kernel itself has that port, and answers nothing that is no packet of pods.
    ...(vxlan && !node.lives ? [VXLAN] : []),
  ]
}
