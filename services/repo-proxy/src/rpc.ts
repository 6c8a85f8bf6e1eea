import { type RepoServiceServer, RepoServiceService } from '@slipway/contracts/repo/v1/repo_service'
import { implement } from '@slipway/rpc'
import type { PublicKeys } from '@slipway/secrets'
import { listReleases } from './release/list.ts'
import type { Repo } from './repo.ts'
import { issuePullToken, issuePushToken, revokePullToken } from './token/issue.ts'
import { type Reach, toEndpoint } from './wire.ts'

/** RepoService: proto method → verb. */
export function repoService(repo: Repo, publicKeys: PublicKeys, reach: Reach) {
  return implement<RepoServiceServer>(RepoServiceService, {
    getEndpoint: async () => toEndpoint(reach, repo.aptSigner.publicKey),
    createPushToken: ({ expiresInMinutes }) => issuePushToken(repo, expiresInMinutes),
    createPullToken: async (asked) => ({ sealedToken: await issuePullToken(repo, publicKeys, asked) }),
    revokePullToken: async (asked) => {
      await revokePullToken(repo, asked)
      return {}
    },
    listReleases: async () => ({
      releases: (await listReleases(repo)).map(({ name, text }) => ({ name, resolvedJson: text })),
    }),
  })
}
