import { notFound, precondition } from '@slipway/errors'
import { addToOutbox, type Database, inTransaction } from '../store.ts'
import { operationNudge } from './events.ts'
import { isUnfinished } from './lifecycle.ts'
import type { Operation } from './operation.ts'
import { markCancelling, readOperation } from './store.ts'

/** Asks an operation to stop; whoever carries it out ends its runs. Asked twice it is the same. */
export async function cancelOperation(db: Database, project: string, id: string): Promise<Operation> {
  return inTransaction(db, async (tx) => {
    const operation = await readOperation(tx, project, id)
    if (!operation) throw notFound('operation', id)
    if (!isUnfinished(operation.state)) {
      throw precondition([
        {
          field: `operation ${id}`,
          message: `has ${operation.state} already`,
          hint: 'Only a planned or running operation can be cancelled.',
        },
      ])
    }
    await markCancelling(tx, id)
    await addToOutbox(tx, [operationNudge(id)])
    return { ...operation, cancelling: true }
  })
}
