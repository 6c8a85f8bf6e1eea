import { networkInterfaces } from 'node:os'
import type { RepoServiceServer } from '@slipway/contracts/repo/v1/repo_service'
import type { Client } from '@slipway/rpc'

/**
 * The addresses that Slipway answers on, read anew: this machine's interfaces, repo-proxy's as nodes see it, and
 * those `listed` by the install (the gateway's, where it runs elsewhere).
 */
export async function readOwnAddresses(from: {
  repo: Pick<Client<RepoServiceServer>, 'getEndpoint'>
  listed: readonly string[]
}): Promise<ReadonlySet<string>> {
  const { addresses } = await from.repo.getEndpoint({})
  const local = Object.values(networkInterfaces()).flatMap((cards = []) => cards.map((card) => card.address))
  return new Set([...local, ...addresses, ...from.listed])
}
