import type { Role } from '@slipway/contracts'
import { Prisma } from '../gen/prisma/client.ts'
import type { Transaction } from '../store.ts'
import type { Operation } from './operation.ts'

/** What is to be known of an operation to say who follows it. */
export type InLine = Pick<Operation, 'id' | 'kind' | 'state' | 'queuedBehind' | 'waits'>

/**
 * Holds for a row `operation` that is queued and may begin: it is the first of its cluster's queue, and what began last
 * there is done. The one place that says so; `mayFollow` says the second half to people.
 */
export const atItsTurn = Prisma.sql`(
  operation.state = 'queued' AND NOT EXISTS (
    SELECT FROM operation AS other
    WHERE other.cluster = operation.cluster AND other.state = 'queued' AND other.id < operation.id
  ) AND (
    SELECT state IN ('succeeded', 'undone') FROM operation AS other
    WHERE other.cluster = operation.cluster AND other.turn IS NOT NULL ORDER BY other.turn DESC LIMIT 1
  ))`

/** The operation that began last on a cluster, and those that wait for their turn, the first one first. */
export async function lineOf(
  tx: Transaction,
  cluster: string,
): Promise<{ last: InLine | undefined; waiting: InLine[] }> {
  const columns = Prisma.sql`id, kind, state, queued_behind AS "queuedBehind", waits`
  const rows = await tx.$queryRaw<InLine[]>`
    (SELECT ${columns} FROM operation WHERE cluster = ${cluster} AND turn IS NOT NULL ORDER BY turn DESC LIMIT 1)
    UNION ALL (SELECT ${columns} FROM operation WHERE cluster = ${cluster} AND state = 'queued' ORDER BY id)`
  const waiting = rows.filter(({ state }) => state === 'queued')
  return { last: rows.find(({ state }) => state !== 'queued'), waiting }
}

/** The number of the change that begins now; the cluster is locked. */
export async function nextTurn(tx: Transaction, cluster: string): Promise<number> {
  const { _max } = await tx.operation.aggregate({ where: { cluster }, _max: { turn: true } })
  return (_max.turn ?? 0) + 1
}

/** What a queued operation was asked with, and the role that its asker had then. */
export async function readRequest(
  db: Transaction,
  id: string,
): Promise<{ request: Record<string, unknown>; createdAs: Role | undefined }> {
  const select = { request: true, createdAs: true }
  const row = await db.operation.findUniqueOrThrow({ where: { id }, select })
  return {
    request: row.request as Record<string, unknown>,
    createdAs: (row.createdAs as Role | null) ?? undefined,
  }
}

/** Makes a planned operation of a queued one, with its plan; the cluster is locked. */
export async function fillQueued(
  tx: Transaction,
  operation: Operation,
  more: { plan: unknown; traceparent: string | undefined },
): Promise<void> {
  const { id, state, turn, wishes, planDigest, queuedBehind, waits, version, cluster } = operation
  await tx.operation.update({
    where: { id },
    data: {
      ...{ state, turn, planDigest, queuedBehind, waits, version, mutates: cluster },
      wishes: wishes as unknown as Prisma.InputJsonObject,
      plan: more.plan as Prisma.InputJsonObject,
      traceparent: more.traceparent ?? null,
    },
  })
}
