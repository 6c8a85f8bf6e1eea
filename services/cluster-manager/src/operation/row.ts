import type { Prisma } from '../gen/prisma/client.ts'
import type {
  Failure,
  Operation,
  OperationKind,
  OperationState,
  Step,
  StepState,
  Wishes,
} from './operation.ts'

type Row = Prisma.OperationGetPayload<{ include: { steps: true } }>

/** An operation out of its row and those of its steps, in order. */
export function toOperation({ steps, ...row }: Row): Operation {
  return {
    id: row.id,
    project: row.project,
    cluster: row.cluster,
    clusterName: row.clusterName,
    kind: row.kind as OperationKind,
    state: row.state as OperationState,
    cancelling: row.cancelling,
    wishes: row.wishes as Wishes,
    steps: steps.map(toStep),
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

function toStep(row: Row['steps'][number]): Step {
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
    failure: (row.failure as Failure | null) ?? undefined,
    startedAt: row.startedAt ?? undefined,
    endedAt: row.endedAt ?? undefined,
  }
}
