import { setTimeout as pause } from 'node:timers/promises'
import { StartRunRequest } from '@slipway/contracts/run/v1/run_service'
import { toSlipwayError } from '@slipway/errors'
import type { Ending } from '@slipway/process'
import { addFacts, inSpan, markFailed } from '@slipway/telemetry'
import { type Output, openOutput } from '../output/output.ts'
import { publishMark } from '../output/publish.ts'
import { wordsOf } from '../output/words.ts'
import { concealer, secretsOf } from '../playbook/conceal.ts'
import { playbookDocument } from '../playbook/document.ts'
import type { Event } from '../playbook/event.ts'
import { openLogin, openVariables } from '../playbook/login.ts'
import { play } from '../playbook/play.ts'
import { ansibleVersion } from '../playbook/version.ts'
import type { Context } from './context.ts'
import { sealExports } from './export.ts'
import { judge, type Reason } from './judge.ts'
import { holdLease } from './lease.ts'
import type { Order } from './order.ts'
import type { Outcome, Run } from './run.ts'
import { runSpan, stepFacts, taskSpans } from './span.ts'
import { endRun, takeRun } from './store.ts'
import { emptyTally, hear } from './tally.ts'
import { orderOf } from './wire.ts'

const AGAIN_MS = 500

/** Takes a queued run and sees it through. Does nothing when somebody else has it or it is over. */
export async function execute(context: Context, id: string): Promise<void> {
  const taken = await takeRun(context.db, id, {
    owner: context.owner,
    ansible: await ansibleVersion(context.stage.venv),
  })
  if (!taken) return
  const { run } = taken
  const ending = new AbortController()
  context.running.set(id, ending)
  const lease = holdLease(context, id, (reason) => ending.abort(reason))
  try {
    await inSpan(runSpan(run), () => seeThrough(context, run, taken.request, ending))
  } finally {
    lease.release()
    context.running.delete(id)
    context.notices.tell(id)
  }
}

async function seeThrough(
  context: Context,
  run: Run,
  request: Uint8Array,
  ending: AbortController,
): Promise<void> {
  const { db, bus, log, owner, now } = context
  const lost = new AbortController()
  ending.signal.addEventListener('abort', () => {
    if (ending.signal.reason === 'lost') lost.abort()
  })
  const where = { bus, db, project: run.project, run: run.id, owner, now, log }
  const output = openOutput({ ...where, after: 0, signal: lost.signal, onLost: () => ending.abort('lost') })
  const outcome = await carryOut(context, run, request, output, ending.signal).catch((error) =>
    brokenOutcome(context, run, error),
  )
  addFacts({ 'slipway.result': outcome.state })
  if (outcome.failure) markFailed()
  await output.close()
  while (!lost.signal.aborted) {
    try {
      if (!(await endRun(db, run.id, owner, outcome))) return
      break
    } catch (error) {
      log.warn({ err: error, run: run.id }, 'the end of a run waits for the database')
      await pause(AGAIN_MS)
    }
  }
  await publishMark(where, 'ended').catch(() => {}) // followers look at the row from time to time
}

async function carryOut(
  context: Context,
  run: Run,
  request: Uint8Array,
  output: Output,
  signal: AbortSignal,
): Promise<Outcome> {
  const order = orderOf(StartRunRequest.decode(request))
  const tally = emptyTally(order.targets.map((target) => target.name))
  const exports = new Map<string, string>()
  const facts = stepFacts(order)
  addFacts(facts)
  const spans = taskSpans({ ...facts, 'slipway.run': run.id })
  const { document, secrets } = await documentOf(context, order)
  const concealing = concealer(secrets)
  const onEvent = async (heard: Event) => {
    for (const text of exportsIn(heard)) concealing.learn(Buffer.from(text, 'base64').toString())
    const event = concealing.event(heard)
    hear(tally, event, context.now())
    if (event.type === 'task') spans.begin(event.name)
    if (event.type === 'host') {
      spans.result(event)
      for (const [name, text] of Object.entries(event.export ?? {})) exports.set(name, text)
    }
    await output.write(wordsOf(event, order.quiet))
  }
  const { deadlineSeconds } = order
  const ended: Ending = await play(context.stage, document, {
    id: run.id,
    signal,
    deadlineMs: deadlineSeconds * 1_000,
    onEvent,
  }).finally(spans.end)
  const reason = signal.aborted ? (signal.reason as Reason) : undefined
  const ending = { ...ended, stderr: concealing.text(ended.stderr) }
  const outcome = judge({ ending, reason, deadlineSeconds }, tally, order.targets)
  return { ...outcome, exports: await sealExports(context, run.caller, order, exports) }
}

function exportsIn(event: Event): string[] {
  return event.type === 'host' ? Object.values(event.export ?? {}) : []
}

/** What is to be played, and every secret in it. */
async function documentOf(context: Context, order: Order) {
  const { key, playbooks, stage } = context
  const targets = await Promise.all(
    order.targets.map(async (target) => ({
      ...target,
      login: await openLogin(key, order.project, target.login),
      jump: target.jump && { ...target.jump, login: await openLogin(key, order.project, target.jump.login) },
    })),
  )
  const variables = await openVariables(key, order.project, order.secrets)
  const logins = targets.flatMap(({ login, jump }) => (jump ? [login, jump.login] : [login]))
  const document = playbookDocument({
    venv: stage.venv,
    playbooks,
    playbook: order.playbook,
    targets,
    variables: {
      slipway_operation: `${order.operation}/${order.step}/${order.attempt}`,
      ...order.variables,
    },
    secrets: variables,
    check: order.check,
  })
  return { document, secrets: [...variables.values(), ...logins.flatMap(secretsOf)] }
}

/** A run that failed by our own doing; its inner words stay in the log. */
function brokenOutcome({ log }: Context, run: Run, thrown: unknown): Outcome {
  const { code, message, retryable } = toSlipwayError(thrown)
  log.error({ err: thrown, run: run.id }, 'a run broke')
  const known = code === 'Precondition' || code === 'Unavailable' ? code : 'Bug'
  const hint = "The runner's log says more."
  return {
    state: 'failed',
    hosts: run.hosts,
    exports: {},
    failure: { code: known, message, host: '', task: '', hint, retryable },
  }
}
