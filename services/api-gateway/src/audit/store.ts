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

const STRANGERS_KEPT_MS = 30 * 86_400_000

/** Every query about the audit. */
export type AuditStore = ReturnType<typeof openAuditStore>

/** Opens it over the service's database. */
export function openAuditStore(db: PrismaClient) {
  return {
    /** Once, also when it is asked for again because the first answer was lost. */
    add: async (entry: Entry): Promise<void> => {
      await db.auditEntry.createMany({ data: entry, skipDuplicates: true })
    },
    /** Forgets refusals of callers without a valid token a month after; what people did stays. */
    forgetStrangers: async (now: Date): Promise<void> => {
      const before = firstIdAt(now.getTime() - STRANGERS_KEPT_MS)
      await db.auditEntry.deleteMany({ where: { userId: '', result: 'refused', id: { lt: before } } })
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

/** The lowest id of a time: the first 48 bits of a UUID of version 7 are milliseconds. */
function firstIdAt(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}`
}
