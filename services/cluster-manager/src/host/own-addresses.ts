import { networkInterfaces } from 'node:os'
import type { RepoServiceServer } from '@slipway/contracts/repo/v1/repo_service'
import type { Client } from '@slipway/rpc'
import type { OwnAddresses } from './address.ts'

/**
 * The addresses that Slipway answers on, read anew: this machine's interfaces, repo-proxy's as nodes see it, and
 * those `listed` by the install (the gateway's, where it runs elsewhere).
 */
export async function readOwnAddresses(from: {
  repo: Pick<Client<RepoServiceServer>, 'getEndpoint'>
  listed: readonly string[]
  loopbackHosts?: boolean
}): Promise<OwnAddresses> {
  const { addresses } = await from.repo.getEndpoint({})
  const local = Object.values(networkInterfaces()).flatMap((cards = []) => cards.map((card) => card.address))
  const own = new Set([...local, ...addresses, ...from.listed])
  return { has: (address) => own.has(address), loopbackHosts: from.loopbackHosts }
}
