import { Prisma } from '../gen/prisma/client.ts'
import type { Transaction } from '../store.ts'
import type { Operation } from './operation.ts'
import { toOperation, whole } from './row.ts'

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
): Promise<{ last: Operation | undefined; waiting: Operation[] }> {
  const [last, waiting] = await Promise.all([
    tx.operation.findFirst({
      where: { cluster, turn: { not: null } },
      orderBy: { turn: 'desc' },
      include: whole,
    }),
    tx.operation.findMany({ where: { cluster, state: 'queued' }, orderBy: { id: 'asc' }, include: whole }),
  ])
  return { last: last ? toOperation(last) : undefined, waiting: waiting.map(toOperation) }
}

/** The number of the change that begins now; the cluster is locked. */
export async function nextTurn(tx: Transaction, cluster: string): Promise<number> {
  const { _max } = await tx.operation.aggregate({ where: { cluster }, _max: { turn: true } })
  return (_max.turn ?? 0) + 1
}

/** What a queued operation was asked with. */
export async function readRequest(db: Transaction, id: string): Promise<Record<string, unknown>> {
  const { request } = await db.operation.findUniqueOrThrow({ where: { id }, select: { request: true } })
  return request as Record<string, unknown>
}

/** Makes a planned operation of a queued one, with its plan and steps; the cluster is locked. */
export async function fillQueued(
  tx: Transaction,
  operation: Operation,
  more: { plan: unknown; traceparent: string | undefined },
): Promise<void> {
  const { id, state, turn, wishes, planDigest, queuedBehind, waits, version, cluster, steps } = operation
  await tx.operation.update({
    where: { id },
    data: {
      ...{ state, turn, planDigest, queuedBehind, waits, version, mutates: cluster },
      wishes: wishes as unknown as Prisma.InputJsonObject,
      plan: more.plan as Prisma.InputJsonObject,
      traceparent: more.traceparent ?? null,
    },
  })
  const rows = steps.map(({ failure: _none, ...step }, position) => ({ ...step, position, operation: id }))
  await tx.step.createMany({ data: rows })
}
