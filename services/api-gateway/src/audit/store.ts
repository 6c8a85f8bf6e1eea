import type { PrismaClient } from '../gen/prisma/client.ts'
import type { Entry } from '../pipeline/audit.ts'

/** What a list of entries is narrowed to; empty texts narrow nothing. */
export type Filter = {
  project: string
  userId: string
  object: string
  result: string
  since: Date | undefined
}

/** Every query about the audit. */
export type AuditStore = ReturnType<typeof openAuditStore>

/** Opens it over the service's database. */
export function openAuditStore(db: PrismaClient) {
  return {
    add: async (entry: Entry): Promise<void> => {
      await db.auditEntry.create({ data: entry })
    },
    /** Newest first: ids are made of time. `before` is the last id of the page before. */
    list: async (filter: Filter, before: string, limit: number): Promise<Entry[]> => {
      const { since, ...equal } = filter
      const rows = await db.auditEntry.findMany({
        where: {
          ...Object.fromEntries(Object.entries(equal).filter(([, value]) => value !== '')),
          ...(since ? { at: { gte: since } } : {}),
          ...(before ? { id: { lt: before } } : {}),
        },
        orderBy: { id: 'desc' },
        take: limit,
      })
      return rows.map((row) => ({ ...row, result: row.result as Entry['result'] }))
    },
  }
}
