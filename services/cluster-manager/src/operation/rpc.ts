import type { Outbox } from '@slipway/bus'
import type { OperationServiceServer } from '@slipway/contracts/operation/v1/operation_service'
import type { Handlers } from '@slipway/rpc'
import type { Database, Transaction } from '../store.ts'
import { cancelOperation } from './cancel.ts'
import type { Operation } from './operation.ts'
import { pageOfOperations, readOperationOf } from './read.ts'
import { resumeOperation } from './resume.ts'
import { toWire } from './wire.ts'

/** What OperationService answers here; watching and output are api-gateway's. */
export function operationHandlers(deps: {
  db: Database
  outbox: Pick<Outbox, 'nudge'>
  now: () => Date
  onMoved: (tx: Transaction, operation: Operation, now: Date) => Promise<void>
}): Pick<
  Handlers<OperationServiceServer>,
  'listOperations' | 'getOperation' | 'cancelOperation' | 'resumeOperation'
> {
  const { db, outbox } = deps
  return {
    listOperations: async (request) => {
      const { rows, nextPageToken } = await pageOfOperations(db, request)
      return { operations: rows.map(toWire), nextPageToken }
    },
    getOperation: async ({ project, id }) => toWire(await readOperationOf(db, project, id)),
    cancelOperation: async ({ project, id }) => {
      const operation = await cancelOperation(db, project, id)
      outbox.nudge()
      return toWire(operation)
    },
    resumeOperation: async (request) => {
      const operation = await resumeOperation(deps, request)
      outbox.nudge()
      return toWire(operation)
    },
  }
}
