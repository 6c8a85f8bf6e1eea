import { conflict, invalid, notFound, precondition } from '@slipway/errors'
import { addFacts, currentTraceparent } from '@slipway/telemetry'
import { addToOutbox, type Database, inTransaction, lockCluster, type Transaction } from '../store.ts'
import { type OperationFact, operationNudge } from './events.ts'
import { operationMayMove } from './lifecycle.ts'
import { isTouched } from './next.ts'
import type { Operation, Step } from './operation.ts'
import { firstToBegin } from './queue.ts'
import { ClusterTaken, MovedMeanwhile, recordIn } from './record.ts'
import type { MeansOf } from './step-context.ts'
import { changeStep, findUnfinished, operationIds, readOperation, reopenSteps } from './store.ts'

/** What going on with an operation needs. */
export type ResumeDeps = {
  db: Database
  now: () => Date
  onMoved: (tx: Transaction, operation: Operation, now: Date) => Promise<void>
  meansOf: MeansOf
}

type Address = { project: string; id: string }

/**
 * Goes on with a failed, cancelled or paused operation at the first step that has not succeeded; with `fromStep` that
 * step and all that need it are done again. One that was being undone goes on being undone.
 */
export async function resumeOperation(
  deps: ResumeDeps,
  { fromStep, ...at }: Address & { fromStep: string },
): Promise<Operation> {
  return goOn(deps, at, {
    fact: 'resumed',
    reopen: async (tx, operation) => {
      const again = fromStep === '' ? [] : stepAndWhatNeedsIt(operation, fromStep)
      await reopenSteps(tx, operation.id, again)
    },
  })
}

/** Takes a failed, cancelled or paused operation back: the undo of each step that has begun, the last first. */
export async function undoOperation(deps: ResumeDeps, at: Address): Promise<Operation> {
  return goOn(deps, at, {
    fact: 'undoing',
    change: { undoing: true },
    reopen: async (tx, operation) => {
      const touched = operation.steps.filter(isTouched)
      const lasting = touched.flatMap(({ name, title }) => {
        const { lasting } = deps.meansOf(operation.kind, name)
        const hint = 'Resume the operation instead, so that it comes to its end.'
        return lasting
          ? [{ field: `step ${name}`, message: `"${title}" can't be undone: ${lasting}`, hint }]
          : []
      })
      if (lasting.length > 0) throw precondition(lasting)
      await reopenSteps(
        tx,
        operation.id,
        touched.map(({ name }) => name),
      )
    },
  })
}

/** Leaves a step out with a reason, where its flow allows it, and goes on with the others. */
export async function skipStep(
  deps: ResumeDeps,
  { step: name, reason, ...at }: Address & { step: string; reason: string },
): Promise<Operation> {
  return goOn(deps, at, {
    fact: 'step-skipped',
    step: name,
    reopen: async (tx, operation) => {
      const { state, title } = stepOf(operation, name)
      if (operation.undoing || !deps.meansOf(operation.kind, name).mayBeSkipped) {
        const hint = 'Mend what it says and resume, or undo the operation.'
        throw precondition([{ field: `step ${name}`, message: `"${title}" may not be skipped`, hint }])
      }
      if (state === 'succeeded' || state === 'skipped') {
        const hint = 'Resume the operation.'
        throw precondition([{ field: `step ${name}`, message: `has ${state} already`, hint }])
      }
      await reopenSteps(tx, operation.id)
      const change = { state: 'skipped', note: reason, endedAt: deps.now() } as const
      await changeStep(tx, { operation: operation.id, name }, change)
    },
  })
}

/** Lets an operation that rests run on, after `reopen` has set its steps right. */
async function goOn(
  { db, now, onMoved }: ResumeDeps,
  { project, id }: Address,
  how: {
    fact: OperationFact
    step?: string
    change?: { undoing: boolean }
    reopen: (tx: Transaction, operation: Operation) => Promise<void>
  },
): Promise<Operation> {
  const known = await readOperation(db, project, id)
  if (!known) throw notFound('operation', id)
  try {
    return await inTransaction(db, async (tx) => {
      await lockCluster(tx, known.cluster)
      await refuseUnlessResumable(tx, known)
      await how.reopen(tx, known)
      addFacts({ 'slipway.operation': id, 'slipway.cluster': known.cluster })
      const traceparent = currentTraceparent() ?? null
      const operation = await recordIn(tx, {
        id,
        from: known.state,
        fact: how.fact,
        change: {
          ...{ state: 'running', cancelling: false, pausing: false, failure: null, endedAt: null },
          ...{ traceparent, ...how.change },
        },
        ...(how.step ? { about: how.step } : {}),
        now: now(),
        also: (also, moved) => onMoved(also, moved, now()),
      })
      await addToOutbox(tx, [operationNudge(id)])
      return operation
    })
  } catch (error) {
    if (error instanceof MovedMeanwhile) throw notResumable(id, 'was resumed already')
    if (!(error instanceof ClusterTaken)) throw error
    throw await clusterTaken(db, known.cluster)
  }
}

/** The refusal of a second operation on a cluster; it names the first, or the one that is about to begin. */
export async function clusterTaken(db: Database, cluster: string): Promise<Error> {
  const other = (await findUnfinished(db, cluster)) ?? (await firstToBegin(db, cluster)).first
  if (!other) return conflict('cluster', 'it was changed while this was planned', 'Send it again.')
  const hint = 'Wait until it has ended, or cancel it; a change can also be queued behind it.'
  return conflict(`operation ${other.id}`, `${other.kind} is changing this cluster`, hint)
}

function stepOf({ id, steps }: Operation, name: string): Step {
  const step = steps.find((one) => one.name === name)
  if (step) return step
  const hint = `Its steps: ${steps.map((one) => one.name).join(', ')}.`
  throw invalid([{ field: 'step', message: `operation ${id} has no step ${name}`, hint }])
}

function stepAndWhatNeedsIt(operation: Operation, name: string): string[] {
  const again = new Set([stepOf(operation, name).name])
  // Steps stand in the order of their needs, so one pass finds them all.
  for (const step of operation.steps) if (step.needs.some((need) => again.has(need))) again.add(step.name)
  return [...again]
}

async function refuseUnlessResumable(
  tx: Transaction,
  { id, state, turn, cluster }: Operation,
): Promise<void> {
  if (!operationMayMove(state, 'running') || state === 'planned') throw notResumable(id, `is ${state}`)
  if (turn === undefined) {
    const hint = 'Ask for the same change again.'
    throw precondition([{ field: `operation ${id}`, message: 'never began: it only waited', hint }])
  }
  const [newest] = await operationIds(tx, cluster)
  if (newest && newest !== id) {
    const hint = 'Resume that one, or begin anew.'
    throw precondition([{ field: `operation ${id}`, message: `was followed by operation ${newest}`, hint }])
  }
}

function notResumable(id: string, message: string): Error {
  const hint = 'Only a failed, cancelled or paused operation can go on, be undone or have a step skipped.'
  return precondition([{ field: `operation ${id}`, message, hint }])
}
