import { conflict } from '@slipway/errors'
import { hostsUsing } from '../host/read.ts'
import { type Database, inTransaction, lockInventory } from '../store.ts'
import { readCredential } from './read.ts'
import { findJumpers, removeCredential } from './store.ts'

const NAMED = 5

/** Deletes a credential that nothing needs any more. */
export async function deleteCredential(db: Database, project: string, id: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    await lockInventory(tx)
    const { name } = await readCredential(tx, project, id)
    const hosts = await hostsUsing(tx, id, NAMED + 1)
    if (hosts.length > 0) {
      const hint = 'Give them another credential or delete them first.'
      throw conflict('credential', `${name} is in use by ${several('host', hosts)}.`, hint)
    }
    const jumpers = await findJumpers(tx, id, NAMED + 1)
    if (jumpers.length > 0) {
      const message = `${name} logs in to the jump host of ${several('credential', jumpers)}.`
      throw conflict('credential', message, 'Delete those first.')
    }
    await removeCredential(tx, id)
  })
}

function several(noun: string, names: readonly string[]): string {
  const more = names.length > NAMED ? ' and more' : ''
  return `${noun}${names.length > 1 ? 's' : ''} ${names.slice(0, NAMED).join(', ')}${more}`
}
