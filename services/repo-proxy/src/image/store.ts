import { notFound } from '@slipway/errors'
import type { Digest } from '../blob/digest.ts'
import type { PrismaClient } from '../gen/prisma/client.ts'
import type { Reference } from './reference.ts'

/** Makes a stored blob part of an image repository; a blob that is not stored is refused by the database. */
export async function linkBlob(database: PrismaClient, repository: string, digest: Digest): Promise<void> {
  await database.repositoryBlob.createMany({ data: [{ repository, digest }], skipDuplicates: true })
}

/** Which of these digests an image repository holds, with their sizes. */
export async function blobsIn(
  database: PrismaClient,
  repository: string,
  digests: readonly Digest[],
): Promise<Map<Digest, number>> {
  const rows = await database.repositoryBlob.findMany({
    where: { repository, digest: { in: [...digests] } },
    include: { blob: true },
  })
  return new Map(rows.map(({ digest, blob }) => [digest, Number(blob.bytes)]))
}

/** Stores a manifest, and points a tag at it when there is one. */
export async function putManifest(
  database: PrismaClient,
  manifest: { repository: string; digest: Digest; mediaType: string },
  tag: string | undefined,
  taggedAt: Date,
): Promise<void> {
  const { repository, digest, mediaType } = manifest
  await database.$transaction(async (tx) => {
    await tx.manifest.upsert({
      where: { repository_digest: { repository, digest } },
      create: manifest,
      update: { mediaType },
    })
    if (tag === undefined) return
    await tx.tag.upsert({
      where: { repository_name: { repository, name: tag } },
      create: { repository, name: tag, digest, taggedAt },
      update: { digest, taggedAt },
    })
  })
}

/** The manifest that a tag or digest means in a repository. */
export async function findManifest(
  database: PrismaClient,
  repository: string,
  reference: Reference,
): Promise<{ digest: Digest; mediaType: string } | null> {
  if ('digest' in reference) {
    return database.manifest.findUnique({
      where: { repository_digest: { repository, digest: reference.digest } },
    })
  }
  const tag = await database.tag.findUnique({
    where: { repository_name: { repository, name: reference.tag } },
    include: { manifest: true },
  })
  return tag?.manifest ?? null
}

/** Which of these digests are manifests of a repository, with their sizes. */
export async function manifestsIn(
  database: PrismaClient,
  repository: string,
  digests: readonly Digest[],
): Promise<Map<Digest, number>> {
  const rows = await database.manifest.findMany({
    where: { repository, digest: { in: [...digests] } },
    include: { blob: true },
  })
  return new Map(rows.map(({ digest, blob }) => [digest, Number(blob.bytes)]))
}

/** A repository's tags in order, after `last`; undefined when nothing was ever pushed there. */
export async function tagsOf(
  database: PrismaClient,
  repository: string,
  page: { size: number; last: string },
): Promise<string[] | undefined> {
  const rows = await database.tag.findMany({
    where: { repository, name: { gt: page.last } },
    orderBy: { name: 'asc' },
    take: page.size,
  })
  if (rows.length > 0) return rows.map(({ name }) => name)
  const known = await database.manifest.findFirst({ where: { repository }, select: { digest: true } })
  return known ? [] : undefined
}

/** Records that an upload was begun. */
export async function addUpload(
  database: PrismaClient,
  upload: { id: string; repository: string; startedAt: Date },
): Promise<void> {
  await database.upload.create({ data: upload })
}

/** Refuses an upload that was not begun, or was begun for another repository. */
export async function requireUpload(database: PrismaClient, id: string, repository: string): Promise<void> {
  const upload = await database.upload.findFirst({ where: { id, repository } })
  if (!upload) throw notFound('upload', id)
}

/** Forgets an upload. */
export async function removeUpload(database: PrismaClient, id: string): Promise<void> {
  await database.upload.deleteMany({ where: { id } })
}

/** Forgets uploads that were begun before a time. Answers those that may still go on. */
export async function forgetOldUploads(database: PrismaClient, before: Date): Promise<Set<string>> {
  await database.upload.deleteMany({ where: { startedAt: { lt: before } } })
  const rows = await database.upload.findMany({ select: { id: true } })
  return new Set(rows.map(({ id }) => id))
}
