import type { Digest } from '../blob/digest.ts'
import type { PrismaClient } from '../gen/prisma/client.ts'

/** Something stored under a name. */
export type Stored = { name: string; digest: Digest; bytes: number }

type Named = { digest: Digest; blob: { bytes: bigint } }

/** Names that the artifacts of a release are asked for by. */
export type Wanted = {
  paths: readonly string[]
  images: readonly { repository: string; tag: string }[]
  packages: readonly { repository: string; file: string }[]
}

/** What is stored under these names: `raw/<path>`, `v2/<repository>:<tag>`, `apt/<repository>/<file>`. */
export async function storedAs(
  database: PrismaClient,
  { paths, images, packages }: Wanted,
): Promise<Stored[]> {
  const [files, tags, debs] = await Promise.all([
    database.file.findMany({ where: { path: { in: [...paths] } }, include: { blob: true } }),
    database.tag.findMany({
      where: { OR: images.map(({ repository, tag }) => ({ repository, name: tag })) },
      include: { manifest: { include: { blob: true } } },
    }),
    database.package.findMany({ where: { OR: [...packages] }, include: { blob: true } }),
  ])
  return [
    ...files.map((file) => stored(`raw/${file.path}`, file)),
    ...tags.map((tag) => stored(`v2/${tag.repository}:${tag.name}`, tag.manifest)),
    ...debs.map((deb) => stored(`apt/${deb.repository}/${deb.file}`, deb)),
  ]
}

/** The release manifests that were pushed. */
export async function releaseFiles(database: PrismaClient): Promise<{ path: string; digest: Digest }[]> {
  return database.file.findMany({
    where: { path: { startsWith: 'releases/' } },
    orderBy: { path: 'asc' },
    select: { path: true, digest: true },
  })
}

function stored(name: string, { digest, blob }: Named): Stored {
  return { name, digest, bytes: Number(blob.bytes) }
}
