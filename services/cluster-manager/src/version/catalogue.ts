import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type ReleaseManifest, readReleases } from '@slipway/release'
import type { Log } from '@slipway/telemetry'

/** The release manifests of a folder, oldest Kubernetes first, as they are now. */
export type Catalogue = () => Promise<readonly ReleaseManifest[]>

/**
 * Opens a folder of release manifests; throws when one is wrong. A manifest that is added later is seen without a
 * restart; one that is broken later is logged, and what was known goes on.
 */
export async function openCatalogue(folder: string, log: Log): Promise<Catalogue> {
  let seen = await fingerprint(folder)
  let known = await readReleases(folder)
  return async () => {
    const present = await fingerprint(folder)
    if (present === seen) return known
    seen = present
    try {
      known = await readReleases(folder)
    } catch (error) {
      log.error({ err: error, folder }, 'a release manifest is wrong, the ones known before go on')
    }
    return known
  }
}

/** Names, sizes and times of the files: parsing three manifests takes 50 ms, looking at them less than one. */
async function fingerprint(folder: string): Promise<string> {
  const names = (await readdir(folder)).sort()
  const states = await Promise.all(names.map((name) => stat(join(folder, name))))
  return JSON.stringify(states.map(({ size, mtimeMs }, at) => [names[at], size, mtimeMs]))
}
