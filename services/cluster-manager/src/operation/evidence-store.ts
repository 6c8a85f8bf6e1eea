import { slipwayVersion } from '@slipway/config'
import type { ClusterSpec } from '../cluster/spec.ts'
import { Prisma } from '../gen/prisma/client.ts'
import type { Transaction } from '../store.ts'
import type { Failure } from './operation.ts'

/** What an operation begins from: all that its plan's digest was made of, and the cluster's spec unless it makes it. */
export type Grounds = { basis: unknown; specBefore: ClusterSpec | undefined }

/** One try of a step, with what came of it. */
export type Attempt = {
  step: string
  attempt: number
  state: string
  run: string
  failure: Failure | undefined
  startedAt: Date
  endedAt: Date | undefined
}

/** Keeps what an operation begins from. */
export async function keepGrounds(
  tx: Transaction,
  operation: string,
  { basis, specBefore }: Grounds,
): Promise<void> {
  const before = specBefore ? { specBefore: json(specBefore) } : {}
  // Not `create`, which reads all of it back.
  const data = [{ operation, slipway: slipwayVersion, basis: json(basis), ...before }]
  await tx.evidence.createMany({ data })
}

/** Keeps the cluster's spec as an operation left it; none when it deleted the cluster. */
export async function keepSpecAfter(
  tx: Transaction,
  operation: string,
  spec: ClusterSpec | undefined,
): Promise<void> {
  // Operations of before there were records have no row.
  await tx.evidence.updateMany({
    where: { operation },
    data: { specAfter: spec ? json(spec) : Prisma.DbNull },
  })
}

/** What was kept of an operation; nothing of one that began before anything was. */
export async function readEvidence(
  db: Transaction,
  operation: string,
): Promise<{ slipway: string; basis: unknown; specBefore: unknown; specAfter: unknown } | undefined> {
  return (await db.evidence.findUnique({ where: { operation } })) ?? undefined
}

/** Every attempt of an operation's steps, in the order in which they began. */
export async function listAttempts(db: Transaction, operation: string): Promise<Attempt[]> {
  const rows = await db.attempt.findMany({
    where: { operation, attempt: { gt: 0 } },
    orderBy: [{ startedAt: 'asc' }, { step: 'asc' }, { attempt: 'asc' }],
  })
  return rows.map(({ operation: _of, failure, endedAt, ...row }) => ({
    ...row,
    failure: (failure as Failure | null) ?? undefined,
    endedAt: endedAt ?? undefined,
  }))
}

/** Through text: what is undefined within has no place in a column. */
function json(value: unknown): Prisma.InputJsonObject {
  return JSON.parse(JSON.stringify(value))
}
