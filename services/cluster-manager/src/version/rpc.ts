import type { VersionServiceServer } from '@slipway/contracts/version/v1/version_service'
import type { Handlers } from '@slipway/rpc'
import { listVersions, switchVersion, type VersionDeps } from './read.ts'

/** What VersionService answers; a version is shown as it is, so there is nothing to translate. */
export function versionHandlers(deps: VersionDeps): Handlers<VersionServiceServer> {
  return {
    listVersions: async (request) => {
      const { rows, nextPageToken } = await listVersions(deps, request)
      return { versions: rows, nextPageToken }
    },
    updateVersion: ({ name, enabled }) => switchVersion(deps, name, enabled),
  }
}
