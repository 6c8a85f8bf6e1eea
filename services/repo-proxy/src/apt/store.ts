import type { Digest } from '../blob/digest.ts'
import type { Prisma, PrismaClient } from '../gen/prisma/client.ts'
import type { IndexText, Listed } from './index-text.ts'

const KEY_ID = 'apt'
const KEPT_INDEXES = 3

/** A stored package. */
export type StoredPackage = {
  repository: string
  file: string
  digest: Digest
  name: string
  version: string
  architecture: string
  control: string
  storedAt: Date
}

/** A signed index as it is kept. */
export type StoredIndex = IndexText & { inRelease: string; changedAt: Date }

/** Stores a package and counts the change; the same package again changes nothing. */
export async function putPackage(database: PrismaClient, deb: StoredPackage): Promise<void> {
  const { repository, file, digest, storedAt } = deb
  await database.$transaction(async (tx) => {
    const known = await tx.package.findUnique({ where: { repository_file: { repository, file } } })
    if (known?.digest === digest) return
    // Taken first, this row parts pushes to one repository from each other.
    await tx.aptRepository.upsert({
      where: { name: repository },
      create: { name: repository, version: 1, changedAt: storedAt },
      update: { version: { increment: 1 }, changedAt: storedAt },
    })
    await tx.package.upsert({
      where: { repository_file: { repository, file } },
      create: deb,
      update: deb,
    })
  })
}

/** The package of a file name. */
export async function packageAt(
  database: PrismaClient,
  repository: string,
  file: string,
): Promise<{ digest: Digest; storedAt: Date } | null> {
  return database.package.findUnique({ where: { repository_file: { repository, file } } })
}

/** A repository's present version and its index, when that was made already. */
export async function currentIndex(
  database: PrismaClient,
  repository: string,
): Promise<{ version: number; index: StoredIndex | undefined } | undefined> {
  const known = await database.aptRepository.findUnique({ where: { name: repository } })
  if (!known) return undefined
  const { version } = known
  const row = await database.aptIndex.findUnique({ where: { repository_version: { repository, version } } })
  return { version, index: row ? toIndex(row) : undefined }
}

/** The recent index of which a file has this digest. */
export async function indexByHash(
  database: PrismaClient,
  repository: string,
  digest: Digest,
): Promise<StoredIndex | undefined> {
  const row = await database.aptIndex.findFirst({
    where: { repository, OR: [{ packagesSha: digest }, { packagesGzSha: digest }] },
  })
  return row ? toIndex(row) : undefined
}

/** Packages and version of a repository, read as one picture. */
export async function pictureOf(
  database: PrismaClient,
  repository: string,
): Promise<{ version: number; changedAt: Date; listed: Listed[] }> {
  return database.$transaction(
    async (tx) => {
      const { version, changedAt } = await tx.aptRepository.findUniqueOrThrow({ where: { name: repository } })
      const rows = await tx.package.findMany({
        where: { repository },
        orderBy: { file: 'asc' },
        include: { blob: true },
      })
      const listed = rows.map(({ blob, ...row }) => ({ ...row, bytes: Number(blob.bytes) }))
      return { version, changedAt, listed }
    },
    { isolationLevel: 'RepeatableRead' },
  )
}

/** Keeps an index; the last few stay, for nodes that have just read an older Release. */
export async function keepIndex(
  database: PrismaClient,
  { repository, version }: { repository: string; version: number },
  index: StoredIndex,
): Promise<void> {
  await database.aptIndex.createMany({ data: [{ repository, version, ...index }], skipDuplicates: true })
  const old = await database.aptIndex.findMany({
    where: { repository },
    orderBy: { version: 'desc' },
    skip: KEPT_INDEXES,
    select: { version: true },
  })
  await database.aptIndex.deleteMany({
    where: { repository, version: { in: old.map((row) => row.version) } },
  })
}

/** The signing key, when it was made already. */
export async function signingKey(database: PrismaClient) {
  return database.signingKey.findUnique({ where: { id: KEY_ID } })
}

/** Keeps a new signing key unless another replica was first; answers the one that is kept. */
export async function addSigningKey(
  database: PrismaClient,
  key: { publicKey: string; sealedKey: string; createdAt: Date },
) {
  await database.signingKey.createMany({ data: [{ id: KEY_ID, ...key }], skipDuplicates: true })
  return database.signingKey.findUniqueOrThrow({ where: { id: KEY_ID } })
}

function toIndex(row: Prisma.AptIndexGetPayload<object>): StoredIndex {
  return { ...row, packages: Buffer.from(row.packages), packagesGz: Buffer.from(row.packagesGz) }
}
