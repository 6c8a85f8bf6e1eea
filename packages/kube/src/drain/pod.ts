import type { V1Pod, V1Toleration } from '@kubernetes/client-node'
import { asking, type Connection } from '../client.ts'
import { everyPage } from '../page.ts'

/** What a drain has to know of a pod. */
export type PodOnNode = {
  namespace: string
  name: string
  uid: string
  labels: Record<string, string>
  /** Its controller; undefined for a bare pod, which nothing makes anew. */
  owner: { kind: string; name: string } | undefined
  /** A static pod's image at the API server: its kubelet runs it from a file. */
  mirror: boolean
  /** Whether it has data that is lost with the pod. */
  emptyDir: boolean
  /** Whether the scheduler may put one like it on a cordoned node. */
  toleratesCordon: boolean
  phase: string
  ready: boolean
  finalizers: string[]
  /** By when it has to have ended, once it was told to. */
  endsBy: Date | undefined
}

/** The pods of one node, whatever else the cluster holds. */
export function podsOn({ of, library }: Connection, node: string): Promise<PodOnNode[]> {
  const core = of(library.CoreV1Api)
  const fieldSelector = `spec.nodeName=${node}`
  return asking(`reading the pods of node ${node}`, async () => {
    const pods = await everyPage((page) => core.listPodForAllNamespaces({ ...page, fieldSelector }))
    return pods.map(podOnNode)
  })
}

/** Namespace and name, as people say it. */
export function podName({ namespace, name }: PodOnNode): string {
  return `${namespace}/${name}`
}

/** Whether it has done its work, or failed for good: nothing in it runs any more. */
export function isFinished({ phase }: PodOnNode): boolean {
  return phase === 'Succeeded' || phase === 'Failed'
}

function podOnNode({ metadata, spec, status }: V1Pod): PodOnNode {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller)
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    labels: metadata?.labels ?? {},
    owner: owner && { kind: owner.kind, name: owner.name },
    mirror: MIRROR in (metadata?.annotations ?? {}),
    emptyDir: (spec?.volumes ?? []).some(({ emptyDir }) => emptyDir !== undefined),
    toleratesCordon: (spec?.tolerations ?? []).some(toleratesCordon),
    phase: status?.phase ?? '',
    ready: (status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True'),
    finalizers: metadata?.finalizers ?? [],
    endsBy: metadata?.deletionTimestamp,
  }
}

const MIRROR = 'kubernetes.io/config.mirror'
const CORDON = 'node.kubernetes.io/unschedulable'

function toleratesCordon({ key = '', effect = '', operator = 'Equal', value = '' }: V1Toleration): boolean {
  if (effect !== '' && effect !== 'NoSchedule') return false
  if (operator === 'Exists') return key === '' || key === CORDON
  return operator === 'Equal' && key === CORDON && value === ''
}
