import { notFound } from '@slipway/errors'
import { pageOf, readPage } from '../page.ts'
import type { Database, Transaction } from '../store.ts'
import type { Operation } from './operation.ts'
import { readRequest } from './queue-store.ts'
import {
  findByIdempotencyKey,
  listOperations,
  operationIds,
  readOperation,
  readPlan,
  stepMinutes,
} from './store.ts'

/** One operation of a project. */
export async function readOperationOf(db: Transaction, project: string, id: string): Promise<Operation> {
  const operation = await readOperation(db, project, id)
  if (!operation) throw notFound('operation', id)
  return operation
}

/** One page of a project's operations, the newest first. */
export async function pageOfOperations(
  db: Database,
  request: { project: string; pageSize: number; pageToken: string; cluster: string; state: string },
): Promise<{ rows: Operation[]; nextPageToken: string }> {
  const page = readPage(request, 'id')
  const rows = await listOperations(db, request.project, request, page)
  return pageOf(rows, page, 'id', ({ id }) => id)
}

/** The operation that a call with this key made already, if there was one. */
export async function operationOfCall(
  db: Transaction,
  project: string,
  idempotencyKey: string | undefined,
): Promise<Operation | undefined> {
  return idempotencyKey ? findByIdempotencyKey(db, project, idempotencyKey) : undefined
}

/** Ids of a cluster's operations, the newest first. */
export async function operationsOf(db: Transaction, cluster: string): Promise<string[]> {
  return operationIds(db, cluster)
}

/** What a queued operation was asked with, and the role that its asker had then. */
export function requestOf(db: Transaction, id: string): ReturnType<typeof readRequest> {
  return readRequest(db, id)
}

/** Minutes that steps of each name took here on about as many nodes; those never done are missing. */
export async function historyOf(
  db: Transaction,
  steps: readonly { name: string }[],
  nodes: number,
): Promise<Map<string, { half: number; most: number }>> {
  return stepMinutes(
    db,
    steps.map(({ name }) => name),
    nodes,
  )
}

/** The plan that an operation carries out, as it was made. */
export async function planOf(db: Transaction, id: string): Promise<unknown> {
  return readPlan(db, id)
}
