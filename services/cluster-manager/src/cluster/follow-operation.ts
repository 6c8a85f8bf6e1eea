import { bug } from '@slipway/errors'
import { releaseHosts } from '../host/claim.ts'
import { keepOutcome } from '../operation/evidence.ts'
import type { Operation } from '../operation/operation.ts'
import { addToOutbox, type Transaction } from '../store.ts'
import { readCidr } from './cidr.ts'
import type { Cluster } from './cluster.ts'
import { clusterEvent, nodeEvent } from './events.ts'
import { reasonDuring, stateDuring } from './lifecycle.ts'
import { readCluster } from './read.ts'
import type { NodeSpec } from './spec.ts'
import { dropNodes, moveCluster, moveNode, nodesOf } from './store.ts'

/**
 * Moves a cluster with its operation, in the same transaction. When it is deleted its hosts are free and its nodes are
 * gone; when nodes were changed, its spec settles on what came of it. The record of the operation keeps what it ended with.
 */
export async function followOperation(tx: Transaction, operation: Operation, now: Date): Promise<void> {
  const { spec, state } = await moved(tx, operation, now)
  await keepOutcome(tx, operation, state === 'deleted' ? undefined : spec)
}

/** Moves the cluster; nothing happens where all is so already. */
async function moved(tx: Transaction, operation: Operation, now: Date): Promise<Cluster> {
  const { project, cluster: id } = operation
  const known = await readCluster(tx, project, id)
  // One that waits changes nothing yet.
  if (operation.state === 'queued') return known
  const state = stateDuring({ ...operation, state: operation.state })
  const stateReason = reasonDuring(operation)
  const settled = settledNodes(known, operation)
  if (
    known.state === state &&
    known.operation === operation.id &&
    known.stateReason === stateReason &&
    !settled
  )
    return known
  const spec = settled ? { ...known.spec, nodes: settled } : undefined
  const cluster = await moveCluster(tx, known, { state, stateReason, operation: operation.id, spec, now })
  if (!cluster) throw bug(`cluster ${id} moved while it was locked`)
  await addToOutbox(tx, [clusterEvent(cluster, known.state === state ? 'updated' : state, now)])
  if (state === 'deleted') await letGo(tx, cluster, { operation, now })
  else if (settled) await letGo(tx, cluster, { operation, keep: settled, now })
  return cluster
}

/**
 * The spec's nodes once an operation that changes some has ended well or was undone, each in its place: between two
 * versions of a spec nothing is to differ that nobody changed.
 */
function settledNodes({ spec }: Cluster, { state, wishes }: Operation): NodeSpec[] | undefined {
  const { nodes: names, change } = wishes
  if (!change || (state !== 'succeeded' && state !== 'undone')) return undefined
  const settled = new Map(
    (state === 'succeeded' ? change.after : change.before).map((node) => [node.name, node]),
  )
  const known = spec.nodes.flatMap((node) =>
    names.includes(node.name) ? (settled.get(node.name) ?? []) : [node],
  )
  return [...new Set([...known, ...settled.values()])]
}

/** Nodes that are not to be kept are gone, and their hosts are free. */
async function letGo(
  tx: Transaction,
  { id, project, spec }: Cluster,
  { operation, keep = [], now }: { operation: Operation; keep?: readonly NodeSpec[]; now: Date },
): Promise<void> {
  const gone = (await nodesOf(tx, id)).filter((row) => !keep.some(({ name }) => name === row.name))
  if (gone.length === 0) return
  for (const node of gone) {
    const moved = node.state === 'wished' ? undefined : await moveNode(tx, node.id, 'removed')
    if (moved) await addToOutbox(tx, [nodeEvent(moved, { fact: 'removed', operation: operation.id, now })])
  }
  if (keep.length > 0) await dropNodes(tx, gone)
  const { leftBehind } = operation
  await releaseHosts(tx, {
    ...{ project, cluster: id, hosts: gone.map(({ host }) => host), now },
    ranges: [spec.network.podCidr, spec.network.serviceCidr].flatMap((text) => readCidr(text) ?? []),
    isLeft: (name) => leftBehind.some((line) => line.startsWith(`${name}: `)),
  })
}
