import type { Digest } from '../blob/digest.ts'
import type { PrismaClient } from '../gen/prisma/client.ts'

/** Stores what lies under a path. */
export async function putFile(
  database: PrismaClient,
  { path, digest, storedAt }: { path: string; digest: Digest; storedAt: Date },
): Promise<void> {
  await database.file.upsert({
    where: { path },
    create: { path, digest, storedAt },
    update: { digest, storedAt },
  })
}

/** What lies under a path. */
export async function fileAt(
  database: PrismaClient,
  path: string,
): Promise<{ digest: Digest; storedAt: Date } | null> {
  return database.file.findUnique({ where: { path } })
}
