import { isUniqueViolation } from '../database-error.ts'
import { Prisma } from '../gen/prisma/client.ts'
import type { Page } from '../page.ts'
import type { Database, Transaction } from '../store.ts'
import { isUnfinished } from './lifecycle.ts'
import type { Failure, Operation, OperationState, Step, StepState } from './operation.ts'
import { toBare, toOperation, toStep, whole, withoutPlan } from './row.ts'

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
  /** Gives the lease back with the change. */
  leaseOwner: null
  leaseUntil: null
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
  const row = await db.operation.findFirst({ where: { id, project }, ...whole })
  return row ? toOperation(row) : undefined
}

/** The same by id alone: for the engine, which works for all projects. */
export async function readOperationById(db: Transaction, id: string): Promise<Operation | undefined> {
  const row = await db.operation.findUnique({ where: { id }, ...whole })
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
    ...whole,
  })
  return row ? toOperation(row) : undefined
}

/** The planned or running operation of a cluster: there is one at most. */
export async function findUnfinished(db: Transaction, cluster: string): Promise<Operation | undefined> {
  const row = await db.operation.findUnique({ where: { mutates: cluster }, ...whole })
  return row ? toOperation(row) : undefined
}

/** The plan that an operation carries out. */
export async function readPlan(db: Transaction, id: string): Promise<unknown> {
  const { plan } = await db.operation.findUniqueOrThrow({ where: { id }, select: { plan: true } })
  return plan
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
    ...whole,
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
    createdAs?: string | undefined
    idempotencyKey: string | undefined
    traceparent: string | undefined
  },
): Promise<void> {
  const { steps, failure: _none, ...columns } = operation
  const data = [
    {
      ...columns,
      wishes: operation.wishes as unknown as Prisma.InputJsonObject,
      mutates: isUnfinished(operation.state) ? operation.cluster : null,
      plan: more.plan as Prisma.InputJsonObject,
      request: more.request as Prisma.InputJsonObject | undefined,
      createdAs: more.createdAs ?? null,
      idempotencyKey: more.idempotencyKey ?? null,
      traceparent: more.traceparent ?? null,
    },
  ]
  await tx.operation.createMany({ data })
  await insertSteps(tx, operation.id, steps)
}

/** Inserts the steps of an operation that has none yet. */
export async function insertSteps(tx: Transaction, operation: string, steps: readonly Step[]): Promise<void> {
  const rows = steps.map(({ failure: _none, ...step }, position) => ({ ...step, position, operation }))
  if (rows.length > 0) await tx.step.createMany({ data: rows })
}

/**
 * Changes an operation, raises its version and answers it without its steps: with `owner` only while that replica holds
 * the lease, with `from` only in that state. A new state takes `cluster` or lets go of it; `cluster-taken`: it would be the
 * second unfinished one there.
 */
export async function changeOperation(
  tx: Transaction,
  by: { id: string; cluster?: string; owner?: string; from?: OperationState },
  change: OperationChange,
): Promise<Omit<Operation, 'steps'> | 'not-held' | 'cluster-taken'> {
  const { failure, state, ...columns } = change
  try {
    const [row] = await tx.operation.updateManyAndReturn({
      ...withoutPlan,
      where: {
        id: by.id,
        ...(by.owner ? { leaseOwner: by.owner } : {}),
        ...(by.from ? { state: by.from } : {}),
      },
      data: {
        ...columns,
        ...(state ? { state, mutates: isUnfinished(state) ? by.cluster : null } : {}),
        ...json('failure', failure),
        version: { increment: 1 },
      },
    })
    return row ? toBare(row) : 'not-held'
  } catch (error) {
    if (isUniqueViolation(error)) return 'cluster-taken'
    throw error
  }
}

/** The steps of an operation, in order. */
export async function stepsOf(tx: Transaction, operation: string): Promise<Step[]> {
  return (await tx.step.findMany({ where: { operation }, orderBy: { position: 'asc' } })).map(toStep)
}

/** Notes that a person wants an operation to stop or rest; nothing to see of it until it does. */
export async function markHeld(tx: Transaction, id: string, how: 'cancelling' | 'pausing'): Promise<void> {
  await tx.operation.update({ where: { id }, data: { [how]: true } })
}

/** Changes a step and answers it; its operation's version is the caller's to raise. */
export async function changeStep(
  tx: Transaction,
  at: { operation: string; name: string },
  change: StepChange,
): Promise<Step> {
  const { failure, ...columns } = change
  const row = await tx.step.update({
    where: { operation_name: at },
    data: { ...columns, ...json('failure', failure) },
  })
  return toStep(row)
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
