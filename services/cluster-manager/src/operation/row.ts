import type { Prisma } from '../gen/prisma/client.ts'
import {
  type Failure,
  noWishes,
  type Operation,
  type OperationKind,
  type OperationState,
  type Step,
  type StepState,
  type Wishes,
} from './operation.ts'

/** All of an operation but what is large and rarely asked for. */
export const withoutPlan = { omit: { plan: true, request: true, createdAs: true } } as const
export const whole = { ...withoutPlan, include: { steps: { orderBy: { position: 'asc' } } } } as const

type Row = Prisma.OperationGetPayload<typeof whole>

/** An operation out of its row and those of its steps, in order. */
export function toOperation({ steps, ...row }: Row): Operation {
  return { ...toBare(row), steps: steps.map(toStep) }
}

/** The same without its steps. */
export function toBare(row: Omit<Row, 'steps'>): Omit<Operation, 'steps'> {
  return {
    id: row.id,
    project: row.project,
    cluster: row.cluster,
    clusterName: row.clusterName,
    kind: row.kind as OperationKind,
    state: row.state as OperationState,
    turn: row.turn ?? undefined,
    queuedBehind: row.queuedBehind,
    waits: row.waits,
    cancelling: row.cancelling,
    pausing: row.pausing,
    undoing: row.undoing,
    // Rows of before there were nodes to name have none.
    wishes: { ...noWishes, ...(row.wishes as Partial<Wishes>) },
    reason: row.reason,
    failure: (row.failure as Failure | null) ?? undefined,
    createdBy: row.createdBy,
    version: row.version,
    createdAt: row.createdAt,
    startedAt: row.startedAt ?? undefined,
    endedAt: row.endedAt ?? undefined,
    planDigest: row.planDigest,
    leftBehind: row.leftBehind,
  }
}

/** A step out of its row. */
export function toStep(row: Row['steps'][number]): Step {
  return {
    name: row.name,
    title: row.title,
    state: row.state as StepState,
    nodes: row.nodes,
    needs: row.needs,
    attempt: row.attempt,
    tries: row.tries,
    retryAt: row.retryAt ?? undefined,
    run: row.run,
    note: row.note,
    failure: (row.failure as Failure | null) ?? undefined,
    startedAt: row.startedAt ?? undefined,
    endedAt: row.endedAt ?? undefined,
  }
}
