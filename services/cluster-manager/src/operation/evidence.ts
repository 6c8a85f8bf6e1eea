import { readCluster, readVersionsOf } from '../cluster/read.ts'
import type { ClusterSpec } from '../cluster/spec.ts'
import type { Database, Transaction } from '../store.ts'
import { type Attempt, keepSpecAfter, listAttempts, readEvidence } from './evidence-store.ts'
import { isUnfinished } from './lifecycle.ts'
import type { Operation } from './operation.ts'
import { planOf, readOperationOf } from './read.ts'

/** What is known of an operation besides its output: what its record is made of. */
export type Background = {
  operation: Operation
  plan: unknown
  /** All that the digest of the plan was made of. */
  basis: unknown
  specBefore: unknown
  /** As it is now while the operation has not ended. */
  specAfter: unknown
  attempts: Attempt[]
  slipway: string
  releaseDigest: string
  kubernetes: string
  components: Record<string, string>
}

/** Reads it, in one transaction: the parts fit together also while the operation runs. */
export function readBackground(db: Database, project: string, id: string): Promise<Background> {
  return db.$transaction(
    async (tx) => {
      const operation = await readOperationOf(tx, project, id)
      const cluster = await readCluster(tx, project, operation.cluster)
      const evidence = await readEvidence(tx, id)
      return {
        operation,
        plan: await planOf(tx, id),
        slipway: evidence?.slipway ?? '',
        basis: evidence?.basis,
        specBefore: evidence?.specBefore,
        specAfter: isUnfinished(operation.state) ? cluster.spec : evidence?.specAfter,
        attempts: await listAttempts(tx, id),
        ...(await readVersionsOf(tx, cluster.id)),
      }
    },
    { isolationLevel: 'RepeatableRead' },
  )
}

/** Keeps the cluster's spec as an operation that has ended left it; none when it deleted the cluster. */
export async function keepOutcome(
  tx: Transaction,
  { id, state }: Operation,
  spec: ClusterSpec | undefined,
): Promise<void> {
  if (!isUnfinished(state)) await keepSpecAfter(tx, id, spec)
}
