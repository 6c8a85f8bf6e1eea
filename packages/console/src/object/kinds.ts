import type { Message } from '../api/client.ts'

export type Kind = Message<'object.v1.Kind'>

/** What a cluster is made of, in the order in which people look for it; all other kinds come after, by their group. */
const usual = {
  workloads: ['pods', 'deployments', 'statefulsets', 'daemonsets', 'jobs', 'cronjobs', 'replicasets'],
  network: ['services', 'ingresses', 'networkpolicies', 'endpointslices'],
  configuration: ['configmaps', 'secrets', 'horizontalpodautoscalers', 'poddisruptionbudgets'],
  storage: ['persistentvolumeclaims', 'persistentvolumes', 'storageclasses'],
  cluster: ['nodes', 'namespaces', 'events'],
} as const
type GroupName = keyof typeof usual

/** Kinds under a heading: one of ours, or the API group that others belong to. */
export type KindGroup = { name: GroupName | 'others'; kinds: Kind[] }

/** Kinds as they are offered. */
export function grouped(kinds: readonly Kind[]): KindGroup[] {
  const groups = (Object.keys(usual) as GroupName[]).map((name): KindGroup => {
    const found = usual[name].map((resource) =>
      kinds.find((kind) => isBuiltIn(kind) && kind.resource === resource),
    )
    return { name, kinds: found.filter((kind) => kind !== undefined) }
  })
  const known = new Set(groups.flatMap((group) => group.kinds))
  const others = kinds.filter((kind) => !known.has(kind))
  return [...groups, { name: 'others' as const, kinds: others }].filter((group) => group.kinds.length > 0)
}

/** How the address names a kind: apps/v1/deployments. */
export function keyOf({ apiVersion, resource }: Pick<Kind, 'apiVersion' | 'resource'>): string {
  return `${apiVersion}/${resource}`
}

/** The kind that a key names. */
export function kindOf(key: string): { apiVersion: string; resource: string } {
  const end = key.lastIndexOf('/')
  return { apiVersion: key.slice(0, end), resource: key.slice(end + 1) }
}

/** Groups of Kubernetes itself have no domain, or end in k8s.io; of kinds that are served twice the first is the usual one. */
function isBuiltIn({ apiVersion }: Kind): boolean {
  const [group = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['']
  return !group.includes('.') || group.endsWith('.k8s.io')
}
