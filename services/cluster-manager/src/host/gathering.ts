import { addToOutbox, type Transaction } from '../store.ts'
import { gatheringWork, hostEvent } from './events.ts'
import type { Host } from './host.ts'
import { setGathering } from './store.ts'

/** Hosts whose facts one run reads: a target is some 6 kB, and a message may have 16 MB. */
const BATCH = 1_000

/** The name of a new gathering: the operation that its run is started as. */
export function newGathering(newId: () => string): string {
  return `facts-${newId()}`
}

/** Parts things into those of one run each. */
export function batches<T>(things: readonly T[]): T[][] {
  const parts = Math.ceil(things.length / BATCH)
  return Array.from({ length: parts }, (_, at) => things.slice(at * BATCH, (at + 1) * BATCH))
}

/**
 * Marks hosts as being gathered, tells so, and with `work` asks a worker to do it. Answers the hosts as they are now;
 * after the commit the outbox wants a nudge.
 */
export async function beginGathering(
  tx: Transaction,
  hosts: readonly Host[],
  { now, newId, work }: { now: Date; newId: () => string; work: boolean },
): Promise<Host[]> {
  const begun: Host[] = []
  for (const batch of batches(hosts)) {
    const gathering = newGathering(newId)
    const marked = await setGathering(
      tx,
      batch.map(({ id }) => id),
      { gathering, now },
    )
    await addToOutbox(tx, [
      ...marked.map((host) => hostEvent(host, 'updated', now)),
      ...(work ? [gatheringWork(newId(), gathering)] : []),
    ])
    begun.push(...marked)
  }
  return begun
}
