import { addFacts, inSpan, markFailed } from '@slipway/telemetry'
import type { Driving } from './drive.ts'
import type { OperationFact } from './events.ts'
import { failureOf, StepFailed } from './failure.ts'
import { keepNotes } from './note.ts'
import type { Failure, Operation, Step } from './operation.ts'
import { type Recording, record } from './record.ts'
import { retryAt } from './retry.ts'
import { isCancelled, isHandedOver, type StepContext } from './step-context.ts'
import type { StepChange } from './store.ts'

/**
 * Carries out one attempt of a step and answers how it ended, to be written with what follows from it. Nothing when another
 * replica takes over: the attempt goes on there.
 */
export function perform(driving: Driving, attempt: Attempt): Promise<Recording | undefined> {
  const { operation, step } = attempt
  const facts = {
    'slipway.project': operation.project,
    'slipway.cluster': operation.cluster,
    'slipway.operation': operation.id,
    'slipway.step': step.name,
    'slipway.attempt': step.attempt,
    ...(step.run ? { 'slipway.run': step.run } : {}),
  }
  return inSpan({ service: 'cluster-manager', name: step.title, facts }, () => carryOut(driving, attempt))
}

type Attempt = { operation: Operation; step: Step; signal: AbortSignal }

async function carryOut(
  driving: Driving,
  { operation, step, signal }: Attempt,
): Promise<Recording | undefined> {
  const { db, owner, now, committed } = driving
  const { minutes: minutesOf, work, undo = nothing } = driving.meansOf(operation.kind, step.name)
  const minutes = minutesOf(operation)
  const late = AbortSignal.timeout(minutes * 60_000)
  const left = [...operation.leftBehind]
  const ctx: StepContext = {
    signal: AbortSignal.any([signal, late]),
    deadline: new Date(now().getTime() + minutes * 60_000),
    log: driving.log.child({ operation: operation.id, step: step.name, attempt: step.attempt }),
    operation,
    step: step.name,
    attempt: step.attempt,
    note: (text) => notes.keep(text),
    leaveBehind: (hosts) => void left.push(...hosts.filter((host) => !left.includes(host))),
  }

  const notes = keepNotes(async (note) => {
    await record(db, recordingOf('step-progressed', { note }))
    committed()
  })

  async function ended(fact: OperationFact, change: StepChange): Promise<Recording> {
    addFacts({ 'slipway.result': fact })
    const note = await notes.close()
    return recordingOf(fact, { ...change, ...(note === undefined ? {} : { note }), endedAt: now() })
  }

  function recordingOf(fact: OperationFact, change: StepChange): Recording {
    return {
      id: operation.id,
      owner,
      fact,
      change: left.length > operation.leftBehind.length ? { leftBehind: left } : {},
      step: { name: step.name, change },
      now: now(),
    }
  }

  try {
    await (operation.undoing ? undo : work)(ctx)
  } catch (error) {
    if (isHandedOver(signal)) {
      addFacts({ 'slipway.result': 'handed-over' })
      await notes.close()
      return undefined
    }
    if (isCancelled(signal)) return ended('step-cancelled', { state: 'cancelled' })
    const failure =
      late.aborted && !(error instanceof StepFailed) ? lateness(step, minutes) : failureOf(error)
    markFailed()
    if (failure.code === 'Bug') ctx.log.error({ err: error }, 'a step failed by our mistake')
    const again = retryAt(step, failure, now())
    return ended('step-failed', { state: again ? 'pending' : 'failed', retryAt: again ?? null, failure })
  }
  if (operation.undoing) return ended('step-undone', { state: 'undone', failure: null })
  return ended('step-succeeded', { state: 'succeeded', failure: null })
}

async function nothing(): Promise<void> {}

function lateness(step: Step, minutes: number): Failure {
  return {
    code: 'Precondition',
    message: `"${step.title}" did not end within ${minutes} minutes.`,
    host: '',
    task: '',
    hint: 'Read its output for where it stands, then resume the operation.',
    retryable: false,
  }
}
