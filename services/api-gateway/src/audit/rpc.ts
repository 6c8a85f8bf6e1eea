import type { AuditServiceServer } from '@slipway/contracts/audit/v1/audit_service'
import type { Own } from '../pipeline/handle.ts'
import { pageFrom, pageOf } from '../pipeline/page.ts'
import type { AuditStore } from './store.ts'

/** AuditService: proto method → query. */
export function auditHandlers(store: AuditStore): Own<AuditServiceServer> {
  return {
    listAuditEntries: async (request) => {
      const { limit, after } = pageOf(request)
      const { project, user: userId, object, result, since } = request
      const found = await store.list({ project, userId, object, result, since }, after, limit + 1)
      const { rows, nextPageToken } = pageFrom(found, limit, (entry) => entry.id)
      return { entries: rows.map(({ userId, ...entry }) => ({ ...entry, user: userId })), nextPageToken }
    },
  }
}
