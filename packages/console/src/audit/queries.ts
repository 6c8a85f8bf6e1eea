import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, type Message, type QueryOf, told } from '../api/client.ts'

export type AuditEntry = Message<'audit.v1.AuditEntry'>

/** A page of what was done and refused, the newest first. */
export function auditQuery(asked: QueryOf<'AuditService_ListAuditEntries'>) {
  return queryOptions({
    queryKey: ['audit', asked],
    queryFn: () => told(api.GET('/api/v1/audit', { params: { query: asked } })),
    placeholderData: keepPreviousData,
  })
}
