import { bug } from '@slipway/errors'
import { keepClusterSecrets } from '../cluster/secrets.ts'
import type { Blueprint } from './blueprint.ts'
import type { SealedValue } from './play.ts'
import type { Site } from './site.ts'
import type { Variables } from './variables.ts'

/** `slipway_repo`, by which nodes reach repo-proxy, and the cluster's own pull token for it, made at the first use. */
export async function repositoryAccess(
  site: Pick<Site, 'db' | 'repo'>,
  { cluster, sealed, release }: Blueprint,
): Promise<{ variables: Variables; secrets: Record<string, SealedValue> }> {
  const { name, addresses, port, ca, aptKey } = await site.repo.getEndpoint({})
  let { pullToken } = sealed
  if (pullToken === '') {
    const { sealedToken } = await site.repo.createPullToken({
      project: cluster.project,
      holder: cluster.id,
      repositories: patternsOf(release),
    })
    if (sealedToken === '') throw bug('repo-proxy answered an empty pull token')
    pullToken = sealedToken
    await keepClusterSecrets(site.db, cluster.id, { pullToken })
  }
  return {
    variables: { slipway_repo: { name, addresses, port, ca, apt_key: aptKey, user: 'node' } },
    secrets: { 'slipway_repo.token': { sealed: pullToken, object: cluster.id, field: 'pull_token' } },
  }
}

/** Only what this release holds, for every platform: a worker of another one may come later. */
function patternsOf({ platforms }: Blueprint['release']): string[] {
  const patterns = Object.values(platforms).flatMap((part) => [
    ...part.files.map(({ url }) => `raw/${url}`),
    ...part.images.map(({ repository }) => `v2/${repository}`),
    `apt/${part.packages.repository}/*`,
  ])
  return [...new Set(patterns)].sort()
}
