import { identityProblems } from '../../host/identity.ts'
import type { Observed, ObservedHost } from '../observed.ts'
import { allowsCgroupV1 } from '../observed.ts'
import type { ClusterSpec, NodeSpec } from '../spec.ts'
import type { Finding } from '../validate.ts'

/** kubeadm's own least for a control plane; a worker with less runs no workload besides Kubernetes itself. */
const LEAST = {
  'control-plane': { cpus: 2, memoryMib: 1700, freeMib: 5 * 1024 },
  worker: { cpus: 1, memoryMib: 900, freeMib: 4 * 1024 },
}
/** The first minor of Kubernetes whose kubelet refuses cgroup v1. */
const NEEDS_CGROUP_V2 = 35

/** What the hosts' rows and facts say against it. */
export function* checkHosts(spec: ClusterSpec, { hosts }: Pick<Observed, 'hosts'>): Generator<Finding> {
  for (const [index, node] of spec.nodes.entries()) {
    const field = `spec.nodes[${index}].host`
    const host = hosts.get(node.host)
    if (!host) {
      const hint = 'Take the id of a host from the list of hosts of this project.'
      yield { code: 'NotFound', field, message: `this project has no host ${quote(node.host)}`, hint }
      continue
    }
    if (host.cluster) {
      const message = `${host.name} is part of cluster ${host.cluster}`
      yield { code: 'Conflict', field, message, hint: 'Take a free host, or delete that cluster first.' }
      continue
    }
    yield* checkReadiness(host, field)
    if (host.facts) yield* checkFacts(spec, node, { ...host, facts: host.facts }, field)
  }
  yield* checkIdentities(spec, hosts)
}

function* checkReadiness(host: ObservedHost, field: string): Generator<Finding> {
  if (host.state === 'ready' && host.facts) return
  const why = host.stateReason ? `: ${host.stateReason}` : ''
  yield needs(
    field,
    `${host.name} is ${host.state}, not ready${why}`,
    'Mend it, refresh the host, then try again.',
  )
}

type Known = ObservedHost & { facts: NonNullable<ObservedHost['facts']> }

function* checkFacts(spec: ClusterSpec, node: NodeSpec, host: Known, field: string): Generator<Finding> {
  const { name, facts, settings } = host
  if (facts.sudoProblem) {
    const message = `the user of ${name} can't become root: ${facts.sudoProblem}`
    yield needs(
      field,
      message,
      'Let the user of its credential use sudo, or give the credential its sudo password.',
    )
  }
  const least = node.role === 'control-plane' ? LEAST['control-plane'] : LEAST.worker
  if (facts.cpus < least.cpus) {
    yield needs(
      field,
      `${name} has ${facts.cpus} CPUs, a ${node.role} needs ${least.cpus}`,
      'Take a larger host.',
    )
  }
  const { systemReserved, kubeReserved } = spec.kubelet
  const kept = systemReserved.memoryMib + kubeReserved.memoryMib
  if (facts.memoryMib - kept < least.memoryMib) {
    const message = `${name} has ${facts.memoryMib} MiB of memory${kept ? `, ${kept} of it reserved` : ''}`
    yield needs(
      field,
      `${message}; a ${node.role} needs ${least.memoryMib}`,
      'Take a larger host, or reserve less.',
    )
  }
  if (systemReserved.cpuMillicores + kubeReserved.cpuMillicores >= facts.cpus * 1000) {
    yield needs(
      field,
      `all of ${name}'s ${facts.cpus} CPUs would be reserved`,
      'Reserve less CPU for the system.',
    )
  }
  const disk = diskOf(host, spec.runtime.dataDir)
  if (disk && disk.freeMib < least.freeMib) {
    const message = `${name} has ${disk.freeMib} MiB free on ${disk.path}, a ${node.role} needs ${least.freeMib}`
    const hint = 'Free some space or take another spec.runtime.dataDir, then refresh the host.'
    yield { ...needs(field, message, hint), restsOn: ['spec.runtime.dataDir'] }
  }
  const minor = Number(spec.kubernetesVersion.split('.')[1])
  if (facts.cgroupVersion === 1 && minor >= NEEDS_CGROUP_V2 && !allowsCgroupV1(settings)) {
    const message = `${name} runs cgroup v1, which Kubernetes ${spec.kubernetesVersion} refuses`
    yield needs(
      field,
      message,
      'Boot it with systemd.unified_cgroup_hierarchy=1, or take Kubernetes 1.34 or older.',
    )
  }
}

/** What the hosts' clocks, names and machine ids say against each other; a host that stands there twice is no twin. */
function* checkIdentities({ nodes }: ClusterSpec, hosts: Observed['hosts']): Generator<Finding> {
  const known = [...new Set(nodes.map(({ host }) => host))].flatMap((id) => {
    const { name, facts } = hosts.get(id) ?? {}
    return name && facts ? [{ ...facts, name, index: nodes.findIndex(({ host }) => host === id) }] : []
  })
  for (const { index, message, remedy } of identityProblems(known)) {
    yield needs(`spec.nodes[${known[index]?.index}].host`, message, `${remedy}, then refresh the host.`)
  }
}

/** The file system that a folder lies, or would lie, on. */
function diskOf({ facts }: Known, folder: string): { path: string; freeMib: number } | undefined {
  return facts.mounts
    .filter(({ path }) => path === '/' || `${folder}/`.startsWith(`${path}/`))
    .sort((a, b) => b.path.length - a.path.length)[0]
}

function needs(field: string, message: string, hint: string): Finding {
  return { code: 'Precondition', field, message, hint }
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 80))
}
