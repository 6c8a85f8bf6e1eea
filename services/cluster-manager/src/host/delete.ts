import type { Outbox } from '@slipway/bus'
import { conflict } from '@slipway/errors'
import { addToOutbox, type Database, inTransaction } from '../store.ts'
import { hostEvent } from './events.ts'
import { removeHost } from './store.ts'
import { lockOne } from './update.ts'

/** Forgets a host that no cluster uses; nothing is done to the machine. */
export async function deleteHost(
  deps: { db: Database; outbox: Pick<Outbox, 'nudge'>; now: () => Date },
  project: string,
  id: string,
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const host = await lockOne(tx, project, id)
    if (host.cluster !== null) {
      const message = `Host ${host.name} is part of cluster ${host.cluster}.`
      throw conflict('host', message, 'Delete the cluster first.')
    }
    await removeHost(tx, id)
    await addToOutbox(tx, [hostEvent({ ...host, version: host.version + 1 }, 'deleted', deps.now())])
  })
  deps.outbox.nudge()
}
