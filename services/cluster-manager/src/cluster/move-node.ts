import type { NodeStatus } from '@slipway/kube'
import { addToOutbox, type Database, inTransaction } from '../store.ts'
import type { NodeRow } from './cluster.ts'
import { type NodeFact, nodeEvent } from './events.ts'
import { moveNode, operationChanging } from './store.ts'

/** Writes that a node came to a state, with its event; nothing where it was there already. */
export async function noteNode(
  { db, now, committed }: { db: Database; now: () => Date; committed: () => void },
  { id }: Pick<NodeRow, 'id'>,
  { fact, status }: { fact: NodeFact; status?: NodeStatus },
): Promise<void> {
  const moved = await inTransaction(db, async (tx) => {
    const node = await moveNode(tx, id, fact)
    if (!node) return undefined
    const operation = await operationChanging(tx, node.cluster)
    await addToOutbox(tx, [nodeEvent(node, { fact, status, operation, now: now() })])
    return node
  })
  if (moved) committed()
}
