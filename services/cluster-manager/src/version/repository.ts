import type { RepoServiceServer } from '@slipway/contracts/repo/v1/repo_service'
import { parseResolved, type ResolvedRelease } from '@slipway/release'
import type { Client } from '@slipway/rpc'

/** The call of repo-proxy that tells what is stored there. */
export type Repository = Pick<Client<RepoServiceServer>, 'listReleases'>

/** The names of the releases that repo-proxy has whole. */
export async function storedNames(repo: Repository): Promise<ReadonlySet<string>> {
  const { releases } = await repo.listReleases({})
  return new Set(releases.map(({ name }) => name))
}

/** A release with the digests of everything in it, if repo-proxy has it whole. */
export async function storedRelease(repo: Repository, name: string): Promise<ResolvedRelease | undefined> {
  const { releases } = await repo.listReleases({})
  const stored = releases.find((release) => release.name === name)
  return stored && parseResolved(stored.resolvedJson, `release ${name}`)
}
