import { notFound, precondition } from '@slipway/errors'
import { addToOutbox, type Database, inTransaction } from '../store.ts'
import { operationNudge } from './events.ts'
import type { Operation } from './operation.ts'
import { MovedMeanwhile, record } from './record.ts'
import { markHeld, readOperation } from './store.ts'

/**
 * Asks an operation to stop; whoever carries it out ends its runs. Asked twice it is the same. One that is queued ends
 * at once.
 */
export async function cancelOperation(
  db: Database,
  project: string,
  id: string,
  now: Date,
): Promise<Operation> {
  const operation = await readOperation(db, project, id)
  const left = operation?.state === 'queued' ? await leaveQueue(db, id, now) : undefined
  return left ?? hold(db, { project, id, how: 'cancelling', from: ['planned', 'running', 'paused'] })
}

/** Asks an operation to start nothing more; what runs comes to its end. Asked twice it is the same. */
export function pauseOperation(db: Database, project: string, id: string): Promise<Operation> {
  return hold(db, { project, id, how: 'pausing', from: ['planned', 'running'] })
}

/** Nothing when it has begun meanwhile. */
async function leaveQueue(db: Database, id: string, now: Date): Promise<Operation | undefined> {
  const change = { state: 'cancelled', endedAt: now, queuedBehind: '', waits: '' } as const
  try {
    return await record(db, { id, from: 'queued', fact: 'cancelled', change, now })
  } catch (error) {
    if (error instanceof MovedMeanwhile) return undefined
    throw error
  }
}

function hold(
  db: Database,
  {
    project,
    id,
    how,
    from,
  }: { project: string; id: string; how: 'cancelling' | 'pausing'; from: readonly string[] },
): Promise<Operation> {
  return inTransaction(db, async (tx) => {
    const operation = await readOperation(tx, project, id)
    if (!operation) throw notFound('operation', id)
    if (!from.includes(operation.state)) {
      const verb = how === 'cancelling' ? 'cancelled' : 'paused'
      const hint = `Only an operation that is ${from.join(' or ')} can be ${verb}.`
      throw precondition([{ field: `operation ${id}`, message: `is ${operation.state}`, hint }])
    }
    await markHeld(tx, id, how)
    await addToOutbox(tx, [operationNudge(id)])
    return { ...operation, [how]: true }
  })
}
