import type { Outbox } from '@slipway/bus'
import { type Operation as OperationMessage, Plan } from '@slipway/contracts/operation/v1/operation'
import type { OperationServiceServer } from '@slipway/contracts/operation/v1/operation_service'
import { precondition } from '@slipway/errors'
import type { Handlers } from '@slipway/rpc'
import { readBackground } from './evidence.ts'
import { cancelOperation, pauseOperation } from './hold.ts'
import type { Operation } from './operation.ts'
import { pageOfOperations, planOf, readOperationOf } from './read.ts'
import { type ResumeDeps, resumeOperation, skipStep, undoOperation } from './resume.ts'
import { backgroundToWire, toWire } from './wire.ts'

type Answered =
  | 'listOperations'
  | 'getOperation'
  | 'getOperationPlan'
  | 'getOperationBackground'
  | 'cancelOperation'
  | 'pauseOperation'
  | 'resumeOperation'
  | 'undoOperation'
  | 'skipStep'

/** What OperationService answers here; watching, output and the record are api-gateway's. */
export function operationHandlers(
  deps: ResumeDeps & { outbox: Pick<Outbox, 'nudge'> },
): Pick<Handlers<OperationServiceServer>, Answered> {
  const { db, outbox, now } = deps
  async function moved(moving: Promise<Operation>): Promise<OperationMessage> {
    const operation = await moving
    outbox.nudge()
    return toWire(operation)
  }
  return {
    listOperations: async (request) => {
      const { rows, nextPageToken } = await pageOfOperations(db, request)
      return { operations: rows.map(toWire), nextPageToken }
    },
    getOperation: async ({ project, id }) => toWire(await readOperationOf(db, project, id)),
    getOperationPlan: async ({ project, id }) => {
      refuseUnplanned(await readOperationOf(db, project, id))
      return Plan.fromPartial((await planOf(db, id)) as Plan)
    },
    getOperationBackground: async ({ project, id }) =>
      backgroundToWire(await readBackground(db, project, id)),
    cancelOperation: ({ project, id }) => moved(cancelOperation(db, project, id, now())),
    pauseOperation: ({ project, id }) => moved(pauseOperation(db, project, id)),
    resumeOperation: (request) => moved(resumeOperation(deps, request)),
    undoOperation: (request) => moved(undoOperation(deps, request)),
    skipStep: (request) => moved(skipStep(deps, request)),
  }
}

function refuseUnplanned({ id, state, turn }: Operation): void {
  if (turn !== undefined) return
  const message = state === 'queued' ? 'has no plan yet' : 'was never planned: it only waited'
  const hint = 'It is planned when its turn comes; ask for a plan of the same change with dryRun=plan.'
  throw precondition([{ field: `operation ${id}`, message, hint }])
}
