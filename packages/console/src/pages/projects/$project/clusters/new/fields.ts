import type { StepName } from '../../../../../cluster/search.ts'

/** How a field is typed in. */
export type Kind = 'text' | 'number' | 'choice' | 'switch' | 'list' | 'pairs'

/** Fields of the network page. */
export const networkFields = [
  ['spec.network.podCidr', 'text'],
  ['spec.network.serviceCidr', 'text'],
  ['spec.network.nodeMask', 'number'],
  ['spec.network.flannelBackend', 'choice'],
  ['spec.network.proxyMode', 'choice'],
  ['spec.network.dnsDomain', 'text'],
  ['spec.network.nodePortRange', 'text'],
] as const satisfies [string, Kind][]

/** Fields of the page with the rest, by what they are about. */
export const restFields = {
  workloads: [
    ['spec.controlPlaneSchedulable', 'switch'],
    ['spec.kubelet.maxPods', 'number'],
    ['spec.kubelet.systemReserved.cpuMillicores', 'number'],
    ['spec.kubelet.systemReserved.memoryMib', 'number'],
    ['spec.kubelet.kubeReserved.cpuMillicores', 'number'],
    ['spec.kubelet.kubeReserved.memoryMib', 'number'],
    ['spec.kubelet.evictionHard', 'pairs'],
  ],
  apiServer: [
    ['spec.apiServer.port', 'number'],
    ['spec.apiServer.extraSans', 'list'],
    ['spec.apiServer.encryptionAtRest', 'switch'],
    ['spec.apiServer.audit.enabled', 'switch'],
    ['spec.apiServer.audit.maxAgeDays', 'number'],
    ['spec.apiServer.audit.maxBackups', 'number'],
    ['spec.apiServer.audit.maxSizeMib', 'number'],
  ],
  etcd: [
    ['spec.etcd.quotaMib', 'number'],
    ['spec.etcd.autoCompactionHours', 'number'],
    ['spec.etcd.snapshotCount', 'number'],
    ['spec.etcd.dataDir', 'text'],
  ],
  runtime: [
    ['spec.runtime.dataDir', 'text'],
    ['spec.runtime.cgroupDriver', 'choice'],
  ],
} as const satisfies Record<string, [string, Kind][]>

export type FieldPath =
  | (typeof networkFields)[number][0]
  | (typeof restFields)[keyof typeof restFields][number][0]

const hostFields = ['name', 'spec.kubernetesVersion', 'spec.nodes']

/** The field of the form, and its page, beside which a fault belongs; nothing where the form has none. */
export function placeOf(field: string, nodes: number): { step: StepName; path: string } | undefined {
  const node = /^spec\.nodes\[(\d+)\](?:\.(host|role|name|labels|taints))?/.exec(field)
  if (node)
    return Number(node[1]) < nodes
      ? { step: 'hosts', path: `spec.nodes[${node[1]}].${node[2] ?? 'host'}` }
      : undefined
  const pages = [
    ['hosts', hostFields],
    ['network', networkFields.map(([path]) => path)],
    ['rest', Object.values(restFields).flatMap((fields) => fields.map(([path]): string => path))],
  ] as const
  for (const [step, paths] of pages) {
    const path = paths.find(
      (one) => field === one || field.startsWith(`${one}.`) || field.startsWith(`${one}[`),
    )
    if (path) return { step, path }
  }
  return undefined
}
