import type { Transaction } from '../store.ts'
import { beginGathering } from './gathering.ts'
import { findUnreachable, lockHosts } from './store.ts'

/**
 * Has the facts read again, in the background, of the hosts that could not be reached with a credential, in the caller's
 * transaction; nudge the outbox after it.
 */
export async function refreshUnreachable(
  tx: Transaction,
  of: { project: string; credential: string; now: Date; newId: () => string },
): Promise<void> {
  const { project, credential, now, newId } = of
  const hosts = await lockHosts(tx, project, await findUnreachable(tx, credential))
  await beginGathering(tx, hosts, { now, newId, work: true })
}
