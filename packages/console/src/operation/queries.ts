import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, type Message, type QueryOf, told } from '../api/client.ts'
import { LIVE_MS } from '../api/query-client.ts'

export type Operation = Message<'operation.v1.Operation'>
export type Step = Message<'operation.v1.Step'>

/** What of a project's operations is asked for. */
export type OperationsAsked = QueryOf<'OperationService_ListOperations'>

/** A page of a project's operations, the newest first, asked for again while it is looked at. */
export function operationsQuery(project: string, asked: OperationsAsked = {}) {
  return queryOptions({
    queryKey: ['project', project, 'operations', asked],
    queryFn: () =>
      told(api.GET('/api/v1/projects/{project}/operations', { params: { path: { project }, query: asked } })),
    refetchInterval: LIVE_MS,
    placeholderData: keepPreviousData,
  })
}

/** How often an operation is asked for beside its stream, which tells most: a pause that was asked for, a lost connection. */
const BESIDE_MS = 5_000

/** One operation as it is now. */
export function operationQuery(project: string, id: string) {
  return queryOptions({
    queryKey: ['project', project, 'operation', id],
    queryFn: () =>
      told(api.GET('/api/v1/projects/{project}/operations/{id}', { params: { path: { project, id } } })),
    refetchInterval: BESIDE_MS,
  })
}

export type Plan = Message<'operation.v1.Plan'>

/** The plan that an operation carries out; it never changes. */
export function planQuery(project: string, id: string) {
  return queryOptions({
    queryKey: ['project', project, 'operation', id, 'plan'],
    queryFn: () =>
      told(api.GET('/api/v1/projects/{project}/operations/{id}/plan', { params: { path: { project, id } } })),
    staleTime: Number.POSITIVE_INFINITY,
  })
}
