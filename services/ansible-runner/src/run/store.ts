import { workSubject } from '@slipway/bus'
import { Prisma, type PrismaClient, type Run as Row } from '../gen/prisma/client.ts'
import type { Failure, HostResult, Outcome, Run, RunState } from './run.ts'

/** A replica that says nothing for so long has lost its runs. Redelivery and sweep fit into 30 s with it. */
export const LEASE_SECONDS = 12

/** A run that is wanted, and the message that wakes a worker for it, in one transaction. Nothing happens when it is there. */
export async function insertRun(
  db: PrismaClient,
  run: {
    id: string
    project: string
    operation: string
    playbook: string
    caller: string
    request: Uint8Array
    traceparent?: string
  },
): Promise<void> {
  await db.$transaction(async (tx) => {
    const request = new Uint8Array(run.request)
    const { count } = await tx.run.createMany({
      data: { ...run, request, state: 'queued' },
      skipDuplicates: true,
    })
    if (count === 0) return
    const wake = { id: run.id, subject: workSubject('ansible-runner', 'run'), body: run.id }
    await tx.outbox.create({ data: wake })
  })
}

/** The run of a project with an id. */
export async function findRun(db: PrismaClient, project: string, id: string): Promise<Run | undefined> {
  const row = await db.run.findFirst({ where: { id, project }, omit: { request: true } })
  return row ? runOf(row) : undefined
}

/** Those of these runs that belong to the project, in the order given. */
export async function findRuns(db: PrismaClient, project: string, ids: readonly string[]): Promise<Run[]> {
  const rows = await db.run.findMany({ where: { project, id: { in: [...ids] } }, omit: { request: true } })
  const own = new Map(rows.map((row) => [row.id, runOf(row)]))
  return ids.flatMap((id) => own.get(id) ?? [])
}

/** Makes a queued run ours; undefined when somebody else has it or it is over. Times are the database's: replicas' clocks differ. */
export async function takeRun(
  db: PrismaClient,
  id: string,
  { owner, ansible }: { owner: string; ansible: string },
): Promise<{ run: Run; request: Uint8Array } | undefined> {
  const taken = await db.$executeRaw`
    UPDATE run SET state = 'running', started_at = now(), ansible = ${ansible}, lease_owner = ${owner},
      lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
    WHERE id = ${id} AND state = 'queued'`
  if (taken === 0) return undefined
  const row = await db.run.findUniqueOrThrow({ where: { id } })
  return { run: runOf(row), request: row.request ?? new Uint8Array() }
}

/** Stays the owner of a run; undefined when it is not ours any more. */
export async function renewLease(
  db: PrismaClient,
  id: string,
  owner: string,
): Promise<{ cancelRequested: boolean } | undefined> {
  const [row] = await db.$queryRaw<{ cancelled: boolean }[]>`
    UPDATE run SET lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
    WHERE id = ${id} AND lease_owner = ${owner} AND state = 'running'
    RETURNING cancel_requested AS cancelled`
  return row ? { cancelRequested: row.cancelled } : undefined
}

/** Takes over runs whose owner has fallen silent; the old owner can't write to them afterwards. */
export async function takeSilentRuns(db: PrismaClient, owner: string): Promise<Run[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    UPDATE run SET lease_owner = ${owner}, lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
    WHERE id IN (SELECT id FROM run WHERE state = 'running' AND lease_until < now() FOR UPDATE SKIP LOCKED)
    RETURNING id`
  const ids = rows.map((row) => row.id)
  const runs = await db.run.findMany({ where: { id: { in: ids } }, omit: { request: true } })
  return runs.map(runOf)
}

/** Writes how a run of ours ended; false when it was not ours any more. */
export async function endRun(
  db: PrismaClient,
  id: string,
  owner: string,
  outcome: Outcome,
): Promise<boolean> {
  const { count } = await db.run.updateMany({
    where: { id, leaseOwner: owner, state: 'running' },
    data: {
      state: outcome.state,
      hosts: outcome.hosts,
      failure: outcome.failure ?? Prisma.DbNull,
      exports: outcome.exports,
      endedAt: new Date(),
      request: null,
      leaseOwner: null,
      leaseUntil: null,
    },
  })
  return count === 1
}

/** Asks for an end. A queued run ends here; a running one when its owner hears of it. */
export async function requestCancel(db: PrismaClient, project: string, id: string): Promise<void> {
  const ended = { state: 'cancelled', cancelRequested: true, endedAt: new Date(), request: null }
  const { count } = await db.run.updateMany({ where: { id, project, state: 'queued' }, data: ended })
  if (count === 0) {
    await db.run.updateMany({ where: { id, project, state: 'running' }, data: { cancelRequested: true } })
  }
}

/**
 * Removes output and results of some runs, `limit` at most, of operations whose runs all ended before a time; answers how
 * many. What another replica is removing just now is left to it.
 */
export async function removeRuns(
  db: PrismaClient,
  { before, now, limit }: { before: Date; now: Date; limit: number },
): Promise<number> {
  return db.$executeRaw`
    WITH old AS (
      SELECT id FROM run AS one
      WHERE removed_at IS NULL AND ended_at < ${before} AND NOT EXISTS (
        SELECT FROM run AS other
        WHERE other.operation = one.operation AND (other.ended_at IS NULL OR other.ended_at >= ${before}))
      ORDER BY ended_at LIMIT ${limit} FOR UPDATE OF one SKIP LOCKED
    ), gone AS (DELETE FROM output_block WHERE run IN (SELECT id FROM old))
    UPDATE run SET removed_at = ${now}, hosts = '[]', failure = NULL, exports = '{}', traceparent = NULL
    WHERE id IN (SELECT id FROM old)`
}

function runOf(row: Omit<Row, 'request'>): Run {
  return {
    id: row.id,
    project: row.project,
    playbook: row.playbook,
    caller: row.caller,
    state: row.state as RunState,
    hosts: row.hosts as HostResult[],
    failure: (row.failure ?? undefined) as Failure | undefined,
    exports: row.exports as Record<string, string>,
    lastSequence: row.lastSequence,
    ansible: row.ansible,
    traceparent: row.traceparent ?? undefined,
    startedAt: row.startedAt ?? undefined,
    endedAt: row.endedAt ?? undefined,
    removedAt: row.removedAt ?? undefined,
  }
}
