import { stat } from 'node:fs/promises'
import { invalid, type Problem, precondition } from '@slipway/errors'
import { parseResolved, type ResolvedRelease } from '@slipway/release'
import { type Digest, parseOciDigest } from '../blob/digest.ts'
import { blobFile } from '../blob/folder.ts'
import type { Repo } from '../repo.ts'
import { storedAs } from './store.ts'

type Artifact = { name: string; digest: Digest }

/** Refuses the manifest of a release of which anything is missing, naming all of that: a release is whole or absent. */
export async function requireWhole(repo: Repo, path: string, text: string): Promise<void> {
  const release = parseRelease(text, path)
  if (path !== `releases/${release.kubernetes}.json`) {
    throw invalid([
      {
        field: 'path',
        message: `${path} is not where the release of Kubernetes ${release.kubernetes} belongs`,
        hint: `Push it to /raw/releases/${release.kubernetes}.json.`,
      },
    ])
  }
  const missing = await missingOf(repo, release)
  if (missing.length > 0) throw precondition(missing)
}

/** Every artifact of a release that is not stored as the release names it. */
export async function missingOf({ database, dir }: Repo, release: ResolvedRelease): Promise<Problem[]> {
  const platforms = Object.values(release.platforms)
  const stored = await storedAs(database, {
    paths: platforms.flatMap(({ files }) => files.map(({ url }) => url)),
    images: platforms.flatMap(({ images }) => images),
    packages: platforms.flatMap(({ packages: { repository, debs } }) =>
      debs.map(({ file }) => ({ repository, file })),
    ),
  })
  const digests = new Map(stored.map(({ name, digest }) => [name, digest]))
  const checks = artifactsOf(release).map(async ({ name, digest }) => {
    const found = digests.get(name)
    if (found === undefined) return lacks(name, 'was not pushed')
    if (found !== digest) return lacks(name, `holds ${found}, but the release names ${digest}`)
    const isThere = await stat(blobFile(dir, digest)).then(
      () => true,
      () => false,
    )
    return isThere ? [] : lacks(name, 'is recorded, but its bytes are gone from the disk')
  })
  return (await Promise.all(checks)).flat()
}

/** Reads a release's manifest; what is not even JSON is the sender's mistake too. */
export function parseRelease(text: string, name: string): ResolvedRelease {
  try {
    return parseResolved(text, name)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw invalid([{ field: name, message: 'is not JSON', hint: 'Push the file that the fetch wrote.' }])
  }
}

/** Platforms share most of what they have: each thing once. */
function artifactsOf({ platforms }: ResolvedRelease): Artifact[] {
  const all = Object.values(platforms).flatMap(({ files, images, packages }) => [
    ...files.map(({ url, sha256 }) => ({ name: `raw/${url}`, digest: sha256 })),
    ...images.map(({ repository, tag, digest }) => ({
      name: `v2/${repository}:${tag}`,
      digest: parseOciDigest(digest),
    })),
    ...packages.debs.map(({ file, sha256 }) => ({
      name: `apt/${packages.repository}/${file}`,
      digest: sha256,
    })),
  ])
  return [...new Map(all.map((artifact) => [`${artifact.name} ${artifact.digest}`, artifact])).values()]
}

function lacks(name: string, message: string): Problem[] {
  return [{ field: name, message, hint: 'Push it, then push the release again.' }]
}
