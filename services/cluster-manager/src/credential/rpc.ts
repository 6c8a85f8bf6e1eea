import type { CredentialServiceServer } from '@slipway/contracts/credential/v1/credential_service'
import type { Handlers } from '@slipway/rpc'
import type { PublicKeys } from '@slipway/secrets'
import type { OwnAddresses } from '../host/address.ts'
import { type AcceptDeps, acceptJumpHostKey } from './accept-jump-host-key.ts'
import { createCredential } from './create.ts'
import { deleteCredential } from './delete.ts'
import { listCredentials, readCredential } from './read.ts'
import { credentialMessage, newCredential } from './wire.ts'

/** What CredentialService answers. */
export function credentialHandlers(
  deps: AcceptDeps & {
    publicKeys: PublicKeys
    /** Addresses that Slipway itself answers on; asked for at each call. */
    ownAddresses: () => Promise<OwnAddresses>
  },
): Handlers<CredentialServiceServer> {
  const { db } = deps
  return {
    createCredential: async (request) =>
      credentialMessage(await createCredential(deps, newCredential(request))),
    listCredentials: async (request) => {
      const { rows, nextPageToken } = await listCredentials(db, request)
      return { credentials: rows.map(credentialMessage), nextPageToken }
    },
    getCredential: async ({ project, id }) => credentialMessage(await readCredential(db, project, id)),
    deleteCredential: async ({ project, id }) => {
      await deleteCredential(db, project, id)
      return {}
    },
    acceptJumpHostKey: async (request) => credentialMessage(await acceptJumpHostKey(deps, request)),
  }
}
