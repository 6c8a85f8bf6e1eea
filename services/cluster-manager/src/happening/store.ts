import type { Database } from '../store.ts'
import type { Happening } from './happening.ts'

/** A happening with what its operation is and who asked for that; empty without one. */
export type ToldHappening = Happening & { kind: string; createdBy: string }

/** Higher than any id. */
const ABOVE_ALL = 'g'

/** What happened to a cluster before an id, the newest first: ids are made of time. */
export async function listHappeningRows(
  db: Database,
  { cluster, noun }: { cluster: string; noun: string },
  { before = ABOVE_ALL, limit }: { before: string | undefined; limit: number },
): Promise<ToldHappening[]> {
  return db.$queryRaw`
    SELECT happening.id, happening.cluster, noun, fact, name, detail, happening.operation, at,
      coalesce(kind, '') AS kind, coalesce(created_by, '') AS "createdBy"
    FROM happening LEFT JOIN operation ON operation.id = happening.operation
    WHERE happening.cluster = ${cluster} AND happening.id < ${before} AND (${noun} = '' OR noun = ${noun})
    ORDER BY happening.id DESC LIMIT ${limit}`
}
