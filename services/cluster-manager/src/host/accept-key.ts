import type { Outbox } from '@slipway/bus'
import { conflict, precondition } from '@slipway/errors'
import { addToOutbox, type Database, inTransaction } from '../store.ts'
import { hostEvent } from './events.ts'
import { beginGathering } from './gathering.ts'
import type { Host } from './host.ts'
import { fingerprintOf } from './key.ts'
import { changeHost } from './store.ts'
import { lockOne } from './update.ts'

/** Pins the key that a host shows now, if it is the one whose fingerprint the person saw; then reads its facts. */
export async function acceptHostKey(
  deps: { db: Database; outbox: Pick<Outbox, 'nudge'>; now: () => Date; newId: () => string },
  { project, id, fingerprint }: { project: string; id: string; fingerprint: string },
): Promise<Host> {
  const { db, outbox, newId } = deps
  const now = deps.now()
  const accepted = await inTransaction(db, async (tx) => {
    const host = await lockOne(tx, project, id)
    const shown = fingerprintOf(host.presentedHostKeys)
    if (shown === '') {
      const hint = 'Refresh the host; there is something to accept when its state is host-key-changed.'
      throw precondition([
        { field: `host ${host.name}`, message: 'shows no other key than the pinned one', hint },
      ])
    }
    if (shown !== fingerprint) {
      const message = `Host ${host.name} shows ${shown}, not the key that was accepted.`
      throw conflict('fingerprint', message, 'Compare it with the host itself, then accept the one shown.')
    }
    const pinned = await changeHost(tx, host, { hostKeys: host.presentedHostKeys, presentedHostKeys: [] })
    await addToOutbox(tx, [hostEvent(pinned, 'host-key-accepted', now)])
    const [begun = pinned] = await beginGathering(tx, [pinned], { now, newId, work: true })
    return begun
  })
  outbox.nudge()
  return accepted
}
