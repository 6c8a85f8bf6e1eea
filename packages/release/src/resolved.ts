import { readFile } from 'node:fs/promises'
import { type Static, Type } from '@sinclair/typebox'
import { releaseFile } from './cache.ts'
import { checkShape } from './shape.ts'

const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' })
const Bytes = Type.Integer({ minimum: 0 })

/** What one kind of machine gets of a release. */
export const ResolvedPlatform = Type.Object({
  files: Type.Array(
    Type.Object({
      component: Type.String(),
      path: Type.String(),
      mode: Type.String(),
      /** Below repo-proxy's `raw/`. */
      url: Type.String(),
      sha256: Sha256,
      bytes: Bytes,
    }),
  ),
  images: Type.Array(
    Type.Object({
      repository: Type.String(),
      tag: Type.String(),
      digest: Type.String({ pattern: '^sha256:[0-9a-f]{64}$' }),
      bytes: Bytes,
      role: Type.Union([
        Type.Literal('control-plane'),
        Type.Literal('node'),
        Type.Literal('all'),
        Type.Literal('addon'),
        Type.Literal('proof'),
      ]),
    }),
  ),
  packages: Type.Object({
    repository: Type.String(),
    /** What to install by name. */
    names: Type.Array(Type.String()),
    debs: Type.Array(Type.Object({ file: Type.String(), sha256: Sha256, bytes: Bytes })),
  }),
})
export type ResolvedPlatform = Static<typeof ResolvedPlatform>

/** A release whose every artifact is known by digest and lies in the cache. */
export const ResolvedRelease = Type.Object({
  schema: Type.Literal(1),
  kubernetes: Type.String(),
  components: Type.Record(Type.String(), Type.String()),
  platforms: Type.Record(Type.String(), ResolvedPlatform),
})
export type ResolvedRelease = Static<typeof ResolvedRelease>

/** Reads a resolved release from its JSON text; all problems at once. */
export function parseResolved(text: string, name = 'release'): ResolvedRelease {
  return checkShape(ResolvedRelease, JSON.parse(text), name)
}

/** The resolved release that an earlier fetch left in the cache, if it did. */
export async function readResolved(
  cacheDir: string,
  kubernetes: string,
): Promise<ResolvedRelease | undefined> {
  const text = await readFile(releaseFile(cacheDir, kubernetes), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : parseResolved(text, `releases/${kubernetes}.json`)
}
