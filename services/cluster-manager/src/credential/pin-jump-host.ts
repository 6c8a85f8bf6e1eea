import type { RunServiceServer } from '@slipway/contracts/run/v1/run_service'
import type { Client } from '@slipway/rpc'
import type { Log } from '@slipway/telemetry'
import type { Database } from '../store.ts'
import type { Credential } from './credential.ts'
import { setJumpHostKeys } from './store.ts'

/**
 * Pins the keys of a credential's jump host when it is used for the first time, and answers the credential with them.
 * A jump host that does not answer stays without: the run that comes next says in Ansible's words what is wrong.
 */
export async function pinJumpHost(
  deps: { db: Database; runs: Pick<Client<RunServiceServer>, 'scanHostKey'>; log: Log },
  credential: Credential,
): Promise<Credential> {
  const { id, project, jumpAddress, jumpPort, jumpHostKeys } = credential
  if (jumpAddress === null || jumpPort === null || jumpHostKeys.length > 0) return credential
  try {
    const scanned = await deps.runs.scanHostKey({
      project,
      address: jumpAddress,
      port: jumpPort,
      jump: undefined,
    })
    await setJumpHostKeys(deps.db, id, scanned.hostKeys)
    return { ...credential, jumpHostKeys: scanned.hostKeys }
  } catch (error) {
    deps.log.warn({ err: error, credential: id }, 'a jump host shows no key')
    return credential
  }
}
