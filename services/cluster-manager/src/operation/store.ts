import { isUniqueViolation } from '../database-error.ts'
import { Prisma } from '../gen/prisma/client.ts'
import type { Page } from '../page.ts'
import type { Database, Transaction } from '../store.ts'
import { isUnfinished } from './lifecycle.ts'
import type { Failure, Operation, OperationState, Step, StepState } from './operation.ts'
import { toOperation, whole } from './row.ts'

/** What may be changed of an operation; what is left out stays. */
export type OperationChange = Partial<{
  state: OperationState
  queuedBehind: string
  waits: string
  cancelling: boolean
  pausing: boolean
  undoing: boolean
  failure: Failure | null
  startedAt: Date
  endedAt: Date | null
  leftBehind: string[]
  traceparent: string | null
}>

/** What may be changed of a step. */
export type StepChange = Partial<{
  state: StepState
  attempt: number
  tries: number
  retryAt: Date | null
  run: string
  note: string
  failure: Failure | null
  startedAt: Date
  endedAt: Date | null
}>

/** An operation of a project with its steps in order. */
export async function readOperation(
  db: Transaction,
  project: string,
  id: string,
): Promise<Operation | undefined> {
  const row = await db.operation.findFirst({ where: { id, project }, include: whole })
  return row ? toOperation(row) : undefined
}

/** The same by id alone: for the engine, which works for all projects. */
export async function readOperationById(db: Transaction, id: string): Promise<Operation | undefined> {
  const row = await db.operation.findUnique({ where: { id }, include: whole })
  return row ? toOperation(row) : undefined
}

/** The operation that a call with this key made already. */
export async function findByIdempotencyKey(
  db: Transaction,
  project: string,
  idempotencyKey: string,
): Promise<Operation | undefined> {
  const row = await db.operation.findUnique({
    where: { project_idempotencyKey: { project, idempotencyKey } },
    include: whole,
  })
  return row ? toOperation(row) : undefined
}

/** The planned or running operation of a cluster: there is one at most. */
export async function findUnfinished(db: Transaction, cluster: string): Promise<Operation | undefined> {
  const row = await db.operation.findUnique({ where: { mutates: cluster }, include: whole })
  return row ? toOperation(row) : undefined
}

/** The plan that an operation carries out. */
export async function readPlan(db: Transaction, id: string): Promise<unknown> {
  const { plan } = await db.operation.findUniqueOrThrow({ where: { id }, select: { plan: true } })
  return plan
}

/** The trace that an operation is carried out in. */
export async function readTrace(db: Transaction, id: string): Promise<string | undefined> {
  const row = await db.operation.findUnique({ where: { id }, select: { traceparent: true } })
  return row?.traceparent ?? undefined
}

/** Ids of a cluster's operations, the last to begin first: older ones can hold nothing on a host any more. */
export async function operationIds(db: Transaction, cluster: string): Promise<string[]> {
  const rows = await db.operation.findMany({
    where: { cluster, turn: { not: null } },
    orderBy: { turn: 'desc' },
    take: 100,
    select: { id: true },
  })
  return rows.map((row) => row.id)
}

/** One page of a project's operations, the newest first. */
export async function listOperations(
  db: Database,
  project: string,
  filter: { cluster: string; state: string },
  page: Page,
): Promise<Operation[]> {
  const rows = await db.operation.findMany({
    where: {
      project,
      ...(filter.cluster ? { cluster: filter.cluster } : {}),
      ...(filter.state ? { state: filter.state } : {}),
      ...(page.after ? { id: { lt: page.after } } : {}),
    },
    orderBy: { id: 'desc' },
    take: page.size + 1,
    include: whole,
  })
  return rows.map(toOperation)
}

/** Inserts a new operation; a unique violation when its cluster has an unfinished one, or its key was used. */
export async function insertOperation(
  tx: Transaction,
  operation: Operation,
  more: {
    plan: unknown
    request?: unknown
    idempotencyKey: string | undefined
    traceparent: string | undefined
  },
): Promise<void> {
  const { steps, failure: _none, ...columns } = operation
  await tx.operation.create({
    data: {
      ...columns,
      wishes: operation.wishes as unknown as Prisma.InputJsonObject,
      mutates: isUnfinished(operation.state) ? operation.cluster : null,
      plan: more.plan as Prisma.InputJsonObject,
      request: more.request as Prisma.InputJsonObject | undefined,
      idempotencyKey: more.idempotencyKey ?? null,
      traceparent: more.traceparent ?? null,
      steps: {
        create: steps.map(({ failure: _nothing, ...step }, position) => ({ ...step, position })),
      },
    },
  })
}

/**
 * Changes an operation and raises its version: with `owner` only while that replica holds the lease, with `from` only
 * in that state. `cluster-taken`: it would be the second unfinished one of its cluster.
 */
export async function changeOperation(
  tx: Transaction,
  by: { id: string; owner?: string; from?: OperationState },
  change: OperationChange,
): Promise<'changed' | 'not-held' | 'cluster-taken'> {
  const { failure, state, ...columns } = change
  const cluster = state && isUnfinished(state) ? await clusterOf(tx, by.id) : undefined
  try {
    const { count } = await tx.operation.updateMany({
      where: {
        id: by.id,
        ...(by.owner ? { leaseOwner: by.owner } : {}),
        ...(by.from ? { state: by.from } : {}),
      },
      data: {
        ...columns,
        ...(state ? { state, mutates: cluster ?? null } : {}),
        ...json('failure', failure),
        version: { increment: 1 },
      },
    })
    return count === 1 ? 'changed' : 'not-held'
  } catch (error) {
    if (isUniqueViolation(error)) return 'cluster-taken'
    throw error
  }
}

/** The cluster that an operation is about. */
export async function clusterOf(tx: Transaction, id: string): Promise<string | undefined> {
  return (await tx.operation.findUnique({ where: { id }, select: { cluster: true } }))?.cluster
}

/** Notes that a person wants an operation to stop or rest; nothing to see of it until it does. */
export async function markHeld(tx: Transaction, id: string, how: 'cancelling' | 'pausing'): Promise<void> {
  await tx.operation.update({ where: { id }, data: { [how]: true } })
}

/** Changes a step; its operation's version is the caller's to raise. */
export async function changeStep(
  tx: Transaction,
  at: { operation: string; name: string },
  change: StepChange,
): Promise<void> {
  const { failure, ...columns } = change
  await tx.step.update({
    where: { operation_name: at },
    data: { ...columns, ...json('failure', failure) },
  })
}

/** Keeps what came of one attempt beside those before it. */
export async function keepAttempt(tx: Transaction, operation: string, step: Step): Promise<void> {
  const outcome = {
    state: step.failure ? 'failed' : step.state,
    run: step.run,
    endedAt: step.endedAt ?? null,
    ...json('failure', step.failure ?? null),
  }
  await tx.attempt.upsert({
    where: { operation_step_attempt: { operation, step: step.name, attempt: step.attempt } },
    create: {
      operation,
      step: step.name,
      attempt: step.attempt,
      startedAt: step.startedAt ?? new Date(0),
      ...outcome,
    },
    update: outcome,
  })
}

/** Puts steps back to pending: those that failed or were cancelled, and the others that are named. */
export async function reopenSteps(
  tx: Transaction,
  operation: string,
  more: readonly string[] = [],
): Promise<void> {
  await tx.step.updateMany({
    where: {
      operation,
      OR: [{ state: { in: ['failed', 'cancelled', 'pending'] } }, { name: { in: [...more] } }],
    },
    data: { state: 'pending', tries: 0, retryAt: null, endedAt: null, failure: Prisma.DbNull },
  })
}

/**
 * Minutes that each kind of step took, in the middle and in nine of ten, out of the 50 finished ones of its kind that
 * had the number of nodes nearest to `nodes`, the newest first. No row: there was none yet.
 */
export async function stepMinutes(
  db: Transaction,
  names: readonly string[],
  nodes: number,
): Promise<Map<string, { half: number; most: number }>> {
  const rows = await db.$queryRaw<{ name: string; half: number; most: number }[]>`
    SELECT name, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) / 60 AS half,
      percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds) / 60 AS most
    FROM unnest(${[...names]}::text[]) AS kind(name), LATERAL (
      SELECT seconds FROM (
        SELECT extract(epoch FROM ended_at - started_at) AS seconds, cardinality(nodes) AS count, ended_at
        FROM step WHERE step.name = kind.name AND state = 'succeeded' ORDER BY ended_at DESC LIMIT 500
      ) AS newest ORDER BY abs(ln(greatest(count, 1)::float8 / greatest(${nodes}, 1))), ended_at DESC LIMIT 50
    ) AS nearest GROUP BY name`
  return new Map(rows.map(({ name, half, most }) => [name, { half: Number(half), most: Number(most) }]))
}

/** A JSON column's part of a change: left out, emptied or set. */
function json(name: 'failure', value: Failure | null | undefined) {
  return value === undefined ? {} : { [name]: value === null ? Prisma.DbNull : value }
}
