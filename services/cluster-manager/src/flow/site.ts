import type { RepoServiceServer } from '@slipway/contracts/repo/v1/repo_service'
import type { RunServiceServer } from '@slipway/contracts/run/v1/run_service'
import type { Client } from '@slipway/rpc'
import type { PublicKeys, ServiceKey } from '@slipway/secrets'
import type { Profiles } from '../profile/profile.ts'
import type { Database } from '../store.ts'

/** What steps work with. */
export type Site = {
  db: Database
  runs: Pick<Client<RunServiceServer>, 'startRun' | 'waitRun' | 'getRun' | 'cancelRun'>
  repo: Pick<Client<RepoServiceServer>, 'getEndpoint' | 'createPullToken' | 'revokePullToken'>
  /** To seal secrets for other services. */
  publicKeys: PublicKeys
  /** To open what is sealed to this one. */
  key: ServiceKey
  profiles: Profiles
  /** Folder with what is applied inside clusters. */
  manifests: string
  now: () => Date
  random: (bytes: number) => Uint8Array
  /** Called after a commit: events wait to be published. */
  committed: () => void
}
