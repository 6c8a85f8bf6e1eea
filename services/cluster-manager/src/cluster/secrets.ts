import type { Transaction } from '../store.ts'
import type { Sealed } from './cluster.ts'
import { keepSealed } from './store.ts'

/** Keeps what was sealed for a cluster: its pull token, its super-admin.conf. */
export async function keepClusterSecrets(
  db: Transaction,
  id: string,
  sealed: Partial<Sealed>,
): Promise<void> {
  await keepSealed(db, id, sealed)
}
