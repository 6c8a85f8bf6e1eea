import { notFound, precondition } from '@slipway/errors'
import { addToOutbox, type Database, inTransaction } from '../store.ts'
import { operationNudge } from './events.ts'
import type { Operation } from './operation.ts'
import { markHeld, readOperation } from './store.ts'

/** Asks an operation to stop; whoever carries it out ends its runs. Asked twice it is the same. */
export function cancelOperation(db: Database, project: string, id: string): Promise<Operation> {
  return hold(db, { project, id, how: 'cancelling', from: ['planned', 'running', 'paused'] })
}

/** Asks an operation to start nothing more; what runs comes to its end. Asked twice it is the same. */
export function pauseOperation(db: Database, project: string, id: string): Promise<Operation> {
  return hold(db, { project, id, how: 'pausing', from: ['planned', 'running'] })
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
      throw precondition([{ field: `operation ${id}`, message: `is ${operation.state} already`, hint }])
    }
    await markHeld(tx, id, how)
    await addToOutbox(tx, [operationNudge(id)])
    return { ...operation, [how]: true }
  })
}
