import { notFound } from '@slipway/errors'
import { pageOf, readPage } from '../page.ts'
import type { Database } from '../store.ts'
import type { Catalogue } from './catalogue.ts'
import { type Repository, storedNames, storedRelease } from './repository.ts'
import { findDisabled, setEnabled } from './store.ts'
import { type Version, type VersionReading, versionOf } from './version.ts'

/** What reading versions needs. */
export type VersionDeps = { db: Database; repo: Repository; releases: Catalogue }

/** One page of the catalogue, oldest Kubernetes first. */
export async function listVersions(
  deps: VersionDeps,
  request: { pageSize: number; pageToken: string },
): Promise<{ rows: Version[]; nextPageToken: string }> {
  const page = readPage(request, 'name')
  const versions = await readVersions(deps)
  const from = page.after === undefined ? 0 : versions.findIndex(({ name }) => name === page.after) + 1
  return pageOf(versions.slice(from, from + page.size + 1), page, 'name', ({ name }) => name)
}

/** Switches a version on or off for new clusters; those that run it are not touched. */
export async function switchVersion(deps: VersionDeps, name: string, enabled: boolean): Promise<Version> {
  const version = (await readVersions(deps)).find((one) => one.name === name)
  if (!version) throw notFound('version', name)
  await setEnabled(deps.db, name, enabled)
  return { ...version, enabled }
}

/** A version with all that is needed to build a cluster of it, or why it can't be used and what to do about it. */
export async function readVersion(deps: VersionDeps, name: string): Promise<VersionReading> {
  const manifests = await deps.releases()
  const disabled = await findDisabled(deps.db)
  const manifest = manifests.find(({ kubernetes }) => kubernetes === name)
  if (!manifest) {
    const offered = manifests.map(({ kubernetes }) => kubernetes).filter((one) => !disabled.has(one))
    const message = `Kubernetes ${JSON.stringify(name)} is not in the catalogue`
    return { usable: false, version: undefined, message, hint: `Take one of: ${offered.join(', ')}.` }
  }
  const release = await storedRelease(deps.repo, name)
  const version = versionOf(manifest, { enabled: !disabled.has(name), available: release !== undefined })
  if (!version.enabled) {
    const hint = 'Take another version, or let an administrator switch it on.'
    return { usable: false, version, message: `Kubernetes ${name} is switched off`, hint }
  }
  if (!release) {
    const message = `the repository does not have every artifact of Kubernetes ${name}`
    return {
      usable: false,
      version,
      message,
      hint: `Run: slipway release fetch ${name}, then slipway release push ${name}.`,
    }
  }
  return { usable: true, version, manifest, release }
}

async function readVersions({ db, repo, releases }: VersionDeps): Promise<Version[]> {
  const [manifests, disabled, stored] = await Promise.all([releases(), findDisabled(db), storedNames(repo)])
  return manifests.map((manifest) =>
    versionOf(manifest, {
      enabled: !disabled.has(manifest.kubernetes),
      available: stored.has(manifest.kubernetes),
    }),
  )
}
