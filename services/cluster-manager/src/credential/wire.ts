import type { Credential as CredentialMessage } from '@slipway/contracts/credential/v1/credential'
import type { CreateCredentialRequest } from '@slipway/contracts/credential/v1/credential_service'
import type { Login } from '@slipway/contracts/run/v1/run_service'
import { fingerprintOf } from '../host/key.ts'
import type { Credential, NewCredential } from './credential.ts'
import { tidyKey } from './private-key.ts'

const SSH_PORT = 22

/** What people see of a credential: no secret, sealed or open. */
export function credentialMessage(credential: Credential): CredentialMessage {
  const { id, project, name, user, kind, jumpAddress, jumpPort, jumpCredential, version } = credential
  return {
    ...{ id, project, name, user, kind, version },
    sudoWithPassword: credential.sudoPassword !== '',
    jumpHost:
      jumpAddress === null
        ? undefined
        : { address: jumpAddress, port: jumpPort ?? SSH_PORT, credential: jumpCredential ?? '' },
    jumpHostKey: fingerprintOf(credential.jumpHostKeys),
    createdAt: credential.createdAt,
  }
}

/** A request as the domain takes it: the key tidied, the port filled in. */
export function newCredential(request: CreateCredentialRequest): NewCredential {
  const { project, name, user, kind, password, passphrase, sudoPassword, jumpHost } = request
  return {
    ...{ project, name, user, kind, password, passphrase, sudoPassword },
    privateKey: tidyKey(request.privateKey),
    jumpHost: jumpHost && { ...jumpHost, port: jumpHost.port || SSH_PORT },
  }
}

/** A credential for ansible-runner, its secrets sealed as they were kept. */
export function loginOf(credential: Credential): Login {
  const { id, user, kind, password, privateKey, passphrase, sudoPassword } = credential
  return { credential: id, user, kind, password, privateKey, passphrase, sudoPassword }
}
