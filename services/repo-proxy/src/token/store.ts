import type { PrismaClient } from '../gen/prisma/client.ts'

/** A pull token belongs to a cluster of a project. */
export type Holder = { project: string; holder: string }

type Kept = { id: string; hash: Uint8Array<ArrayBuffer>; createdAt: Date }

/** Stores a push token, and forgets those that have expired. */
export async function addPushToken(database: PrismaClient, token: Kept & { expiresAt: Date }): Promise<void> {
  await database.token.deleteMany({ where: { expiresAt: { lte: token.createdAt } } })
  await database.token.create({ data: { ...token, kind: 'push' } })
}

/** Stores a holder's pull token in place of an older one. */
export async function replacePullToken(
  database: PrismaClient,
  { project, holder }: Holder,
  token: Kept & { repositories: readonly string[] },
): Promise<void> {
  const data = { ...token, repositories: [...token.repositories], kind: 'pull' as const }
  await database.token.upsert({
    where: { project_holder: { project, holder } },
    create: { ...data, project, holder },
    update: data,
  })
}

/** Removes a holder's pull token, if there is one. */
export async function removePullToken(database: PrismaClient, { project, holder }: Holder): Promise<void> {
  await database.token.deleteMany({ where: { project, holder, kind: 'pull' } })
}

/** The token of an id. */
export function tokenOf(database: PrismaClient, id: string) {
  return database.token.findUnique({ where: { id } })
}
