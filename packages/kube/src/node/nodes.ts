import type { V1Node } from '@kubernetes/client-node'
import { asking, type Connection, MANAGER, statusOf } from '../client.ts'
import { everyPage } from '../page.ts'
import { type NodeStatus, nodeStatus } from './node.ts'
import { changedTaints, type TaintChange } from './taint.ts'

/** What Slipway does to nodes. Changes are idempotent and answer whether anything changed. */
export type Nodes = {
  nodes: () => Promise<NodeStatus[]>
  /** One node by one request; undefined when there is none of that name. */
  node: (name: string) => Promise<NodeStatus | undefined>
  cordon: (name: string) => Promise<boolean>
  uncordon: (name: string) => Promise<boolean>
  deleteNode: (name: string) => Promise<boolean>
  /** Touches only the labels named. */
  setLabels: (name: string, change: LabelChange) => Promise<boolean>
  /** Touches only the taints named: others belong to the cluster's controllers. */
  setTaints: (name: string, change: TaintChange) => Promise<boolean>
}

/** A wished change of labels. One that is both set and removed is set. */
export type LabelChange = { set: Readonly<Record<string, string>>; remove: readonly string[] }

/** Each conflict means that somebody else got through: so many in a row are no longer bad luck. */
const CONFLICTS = 10

/** The verbs for nodes, at a connection. */
export function nodesAt({ of, library }: Connection, now: () => Date): Nodes {
  const core = of(library.CoreV1Api)
  const asMerge = library.setHeaderOptions('Content-Type', library.PatchStrategy.MergePatch)
  const patch = (name: string, body: object) => core.patchNode({ name, body, fieldManager: MANAGER }, asMerge)

  const setUnschedulable = async (name: string, wished: boolean) => {
    const { spec } = await core.readNode({ name })
    if (Boolean(spec?.unschedulable) === wished) return false
    await patch(name, { spec: { unschedulable: wished || null } })
    return true
  }

  return {
    nodes: () =>
      asking('reading nodes', async () => {
        const items = await everyPage((page) => core.listNode(page))
        const readAt = now()
        return items.map((item) => nodeStatus(item, readAt))
      }),
    node: (name) =>
      asking(`reading node ${name}`, async () => {
        const node = await unlessAbsent(core.readNode({ name }))
        return node && nodeStatus(node, now())
      }),
    cordon: (name) => asking(`cordoning node ${name}`, () => setUnschedulable(name, true)),
    uncordon: (name) => asking(`uncordoning node ${name}`, () => setUnschedulable(name, false)),
    deleteNode: (name) =>
      asking(`deleting node ${name}`, async () => Boolean(await unlessAbsent(core.deleteNode({ name })))),
    setLabels: (name, change) =>
      asking(`labelling node ${name}`, async () => {
        if (change.remove.length === 0 && Object.keys(change.set).length === 0) return false
        const labels = changedLabels(await core.readNode({ name }), change)
        if (labels) await patch(name, { metadata: { labels } })
        return labels !== undefined
      }),
    setTaints: (name, change) =>
      asking(`tainting node ${name}`, async () => {
        if (change.set.length === 0 && change.remove.length === 0) return false
        for (let tries = 1; ; tries++) {
          const { metadata, spec } = await core.readNode({ name })
          const taints = changedTaints(spec?.taints ?? [], change)
          if (!taints) return false
          // A list of taints is replaced whole: the version makes sure that nobody else's is lost.
          const body = { metadata: { resourceVersion: metadata?.resourceVersion }, spec: { taints } }
          if (await unlessConflict(patch(name, body), tries < CONFLICTS)) return true
        }
      }),
  }
}

/** What a merge patch has to say of the labels; undefined when they are as wished. */
function changedLabels(
  { metadata }: V1Node,
  { set, remove }: LabelChange,
): Record<string, string | null> | undefined {
  const labels = metadata?.labels ?? {}
  const gone = remove.filter((key) => key in labels && !(key in set))
  const changed = Object.entries(set).filter(([key, value]) => labels[key] !== value)
  if (gone.length + changed.length === 0) return undefined
  return { ...Object.fromEntries(gone.map((key) => [key, null])), ...Object.fromEntries(changed) }
}

function unlessAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error) => {
    if (statusOf(error) !== 404) throw error
    return undefined
  })
}

function unlessConflict<T>(answer: Promise<T>, again: boolean): Promise<T | undefined> {
  return answer.catch((error) => {
    if (statusOf(error) !== 409 || !again) throw error
    return undefined
  })
}
