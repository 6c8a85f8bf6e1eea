import type { PrismaClient } from '../gen/prisma/client.ts'
import type { Digest } from './digest.ts'

/** Records that bytes are stored. */
export async function recordBlob(
  database: PrismaClient,
  { digest, bytes, storedAt }: { digest: Digest; bytes: number; storedAt: Date },
): Promise<void> {
  await database.blob.createMany({
    data: [{ digest, bytes: BigInt(bytes), storedAt }],
    skipDuplicates: true,
  })
}
