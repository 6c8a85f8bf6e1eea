import type { Database } from '../store.ts'
import { atItsTurn } from './queue-store.ts'

// Leases are reckoned by the database's clock alone: replicas' clocks may differ.

/**
 * Takes the lease of an operation that is unfinished or at its turn, and that nobody holds (any more). Answers the trace
 * that it is carried out in; nothing when the lease is not to be had.
 */
export async function takeLease(
  db: Database,
  id: string,
  { owner, leaseMs }: { owner: string; leaseMs: number },
): Promise<{ traceparent: string | undefined } | undefined> {
  const [taken] = await db.$queryRaw<{ traceparent: string | null }[]>`
    UPDATE operation SET lease_owner = ${owner}, lease_until = now() + ${leaseMs} * interval '1 millisecond'
    WHERE id = ${id} AND (state IN ('planned', 'running') OR state = 'paused' AND cancelling OR ${atItsTurn})
      AND (lease_until IS NULL OR lease_until < now())
    RETURNING traceparent`
  return taken && { traceparent: taken.traceparent ?? undefined }
}

/** Holds on to a lease; `lost` when another replica has it or the operation has ended. */
export async function renewLease(
  db: Database,
  id: string,
  { owner, leaseMs }: { owner: string; leaseMs: number },
): Promise<{ held: boolean } | 'lost'> {
  const rows = await db.$queryRaw<{ held: boolean }[]>`
    UPDATE operation SET lease_until = now() + ${leaseMs} * interval '1 millisecond'
    WHERE id = ${id} AND lease_owner = ${owner} RETURNING cancelling OR pausing AS held`
  return rows[0] ?? 'lost'
}

/** Gives a lease back, so that another replica need not wait for its end. */
export async function releaseLease(db: Database, id: string, owner: string): Promise<void> {
  await db.$executeRaw`
    UPDATE operation SET lease_owner = NULL, lease_until = NULL WHERE id = ${id} AND lease_owner = ${owner}`
}

/** Operations to be begun or carried on that nobody carries out, in turn between the projects. */
export async function listDue(db: Database, limit: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM (
      SELECT id, row_number() OVER (PARTITION BY project ORDER BY id) AS turn FROM operation
      WHERE (state IN ('planned', 'running') OR state = 'paused' AND cancelling OR ${atItsTurn})
        AND (lease_until IS NULL OR lease_until < now())
    ) AS due ORDER BY turn, id LIMIT ${limit}`
  return rows.map((row) => row.id)
}
