import type { Outbox } from '@slipway/bus'
import type { RunServiceServer } from '@slipway/contracts/run/v1/run_service'
import { conflict, precondition } from '@slipway/errors'
import type { Client } from '@slipway/rpc'
import { fingerprintOf } from '../host/key.ts'
import { refreshUnreachable } from '../host/refresh-unreachable.ts'
import { type Database, inTransaction } from '../store.ts'
import type { Credential } from './credential.ts'
import { readCredential } from './read.ts'
import { replaceJumpHostKeys } from './store.ts'

/** What accepting needs. */
export type AcceptDeps = {
  db: Database
  runs: Pick<Client<RunServiceServer>, 'scanHostKey'>
  outbox: Pick<Outbox, 'nudge'>
  now: () => Date
  newId: () => string
}

/**
 * Pins the key that a credential's jump host shows now, if it is the one whose fingerprint the person saw; then reads the
 * facts of the hosts behind it that could not be reached.
 */
export async function acceptJumpHostKey(
  deps: AcceptDeps,
  { project, id, fingerprint }: { project: string; id: string; fingerprint: string },
): Promise<Credential> {
  const { db, outbox, newId } = deps
  const credential = await readCredential(db, project, id)
  const keys = await shownKeys(deps.runs, credential)
  const shown = fingerprintOf(keys)
  if (shown !== fingerprint) {
    const message = `The jump host of ${credential.name} shows ${shown}, not the key that was accepted.`
    throw conflict('fingerprint', message, 'Compare it with the jump host itself, then accept the one shown.')
  }
  const accepted = await inTransaction(db, async (tx) => {
    const pinned = await replaceJumpHostKeys(tx, credential, keys)
    if (!pinned) {
      throw conflict('credential', `${credential.name} was changed or deleted just now.`, 'Look at it again.')
    }
    await refreshUnreachable(tx, { project, credential: id, now: deps.now(), newId })
    return pinned
  })
  outbox.nudge()
  return accepted
}

/** The keys that the jump host shows instead of the pinned ones. Nobody keeps them: it is asked. */
async function shownKeys(runs: AcceptDeps['runs'], credential: Credential): Promise<string[]> {
  const { project, name, jumpAddress, jumpPort, jumpHostKeys } = credential
  const nothing = (message: string, hint: string) =>
    precondition([{ field: `credential ${name}`, message, hint }])
  if (jumpAddress === null || jumpPort === null) {
    throw nothing('has no jump host', 'A host shows its key itself: accept it there.')
  }
  const { hostKeys } = await runs.scanHostKey({
    project,
    address: jumpAddress,
    port: jumpPort,
    jump: undefined,
  })
  if (hostKeys.some((key) => jumpHostKeys.includes(key))) {
    const hint = 'There is something to accept when hosts behind it say that its key has changed.'
    throw nothing('has a jump host that shows the pinned key', hint)
  }
  return hostKeys
}
