import type { OutboxRow } from '@slipway/bus'
import type { Prisma, PrismaClient } from './gen/prisma/client.ts'
import type { Happening } from './happening/happening.ts'

/** This service's database, as every store gets it. */
export type Database = PrismaClient

/** The database within a transaction; functions that only read take either. */
export type Transaction = Prisma.TransactionClient

/** Runs work in one transaction. An import of thousands of rows takes seconds, Prisma's own limit is five. */
export function inTransaction<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return db.$transaction(work, { maxWait: 10_000, timeout: 30_000 })
}

/**
 * Lets one transaction at a time change names, addresses and credentials of hosts, so that what it has checked
 * stays true until it commits. Released at its end.
 */
export async function lockInventory(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('cluster-manager:inventory'))`
}

/**
 * Lets one transaction at a time decide what changes a cluster next: whose turn it is, and that an operation begins or
 * ends. Taken before any row of an operation, so that two never wait for each other. Released at its end.
 */
export async function lockCluster(tx: Transaction, cluster: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`cluster-manager:cluster:${cluster}`}, 0))`
}

/** The same for the cluster that an operation is about, and answers which it is; nothing where there is no such operation. */
export async function lockClusterOf(tx: Transaction, operation: string): Promise<string | undefined> {
  const [row] = await tx.$queryRaw<{ cluster: string }[]>`
    SELECT cluster FROM operation, pg_advisory_xact_lock(hashtextextended('cluster-manager:cluster:' || cluster, 0))
    WHERE id = ${operation}`
  return row?.cluster
}

/** An event or work, with what it says about a cluster where it is to be kept for people. */
export type ToldRow = OutboxRow & { happening?: Happening | undefined }

/** Puts events and work into the outbox, in the order given, and keeps what they say about clusters. */
export async function addToOutbox(tx: Transaction, rows: readonly ToldRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx.outbox.createMany({ data: rows.map(({ happening: _, ...row }) => row) })
  const happenings = rows.flatMap(({ happening }) => happening ?? [])
  if (happenings.length > 0) await tx.happening.createMany({ data: happenings })
}
