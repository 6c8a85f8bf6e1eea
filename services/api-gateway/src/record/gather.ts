import { slipwayVersion } from '@slipway/config'
import { operationHasEnded } from '@slipway/contracts'
import { Attempt, Operation, type OutputLine, Plan } from '@slipway/contracts/operation/v1/operation'
import type { OperationBackground } from '@slipway/contracts/operation/v1/operation_service'
import type { Run as KnownRun } from '@slipway/contracts/run/v1/run'
import { isSlipwayError } from '@slipway/errors'
import type { Line, Part, Run } from '@slipway/record'
import { messageToJson } from '../pipeline/wire.ts'
import { readEvents, type ToldEvent } from './events.ts'

/** Where a record's parts come from. */
export type RecordSource = {
  /** A person's name; empty when there is nobody of that id. */
  nameOf: (user: string) => Promise<string>
  /** What was said of the operation, from the first and then live. */
  events: (signal: AbortSignal) => AsyncIterable<ToldEvent>
  run: (id: string) => Promise<KnownRun>
  /** The stored lines of a run, page by page. */
  lines: (run: string) => AsyncIterable<readonly OutputLine[]>
}

type About = OperationBackground & { operation: Operation }

/** An operation as the parts of its record, in their order. A running one is told as far as it is. */
export async function* gatherParts(
  source: RecordSource,
  about: About,
  { signal, now }: { signal: AbortSignal; now: Date },
): AsyncGenerator<readonly Part[]> {
  const { operation, attempts } = about
  const missing = about.basisJson ? [] : ['what its plan rested on: it began before that was kept']
  yield [await headOf(source, about, now), ...factsOf(about)]
  yield attempts.map((attempt): Part => ({ attempt: json('Attempt', Attempt.encode(attempt)) }))
  const told = await readEvents(source.events, { version: operation.version, signal })
  yield told.events.map((event): Part => ({ event }))
  missing.push(...told.missing)
  const runs: Run[] = []
  for (const attempt of attempts) if (attempt.run !== '') runs.push(await runOf(source, attempt))
  yield runs.map((run): Part => ({ run }))
  for (const run of runs.filter(({ missing }) => missing)) {
    missing.push(`output of step ${run.step}, attempt ${run.attempt}: ${run.missing}`)
  }
  yield [{ missing }]
  let lines = 0
  for (const run of runs.filter(({ missing }) => !missing)) {
    for await (const page of source.lines(run.id)) {
      lines += page.length
      yield page.map((line): Part => ({ line: lineOf(line) }))
    }
  }
  yield [{ end: { lines } }]
}

async function headOf(source: RecordSource, about: About, now: Date): Promise<Part> {
  const { operation, slipway, kubernetes, components, releaseDigest } = about
  const { createdBy: id, reason, state } = operation
  return {
    record: {
      format: 1,
      writtenAt: now.toISOString(),
      ended: operationHasEnded(state),
      askedBy: { id, name: await source.nameOf(id) },
      reason,
      versions: { slipway, writtenBy: slipwayVersion, release: releaseDigest, kubernetes, components },
    },
  }
}

function factsOf({ operation, plan, basisJson, specBeforeJson, specAfterJson }: About): Part[] {
  return [
    { operation: json('Operation', Operation.encode(operation)) },
    { plan: plan && json('Plan', Plan.encode(plan)) },
    { basis: parsed(basisJson) },
    { spec: { before: parsed(specBeforeJson), after: parsed(specAfterJson) } },
  ]
}

/** A run as far as it is known still. */
async function runOf(source: RecordSource, { run: id, step, attempt }: Attempt): Promise<Run> {
  try {
    const { playbook, state, ansible, hosts } = await source.run(id)
    return { id, step, attempt, missing: '', playbook, state, ansible, hosts: hosts.map(hostOf) }
  } catch (thrown) {
    // It was not begun yet, or was removed for its age.
    if (!isSlipwayError(thrown) || thrown.code !== 'NotFound') throw thrown
    const nothing = { playbook: '', state: '', ansible: '', hosts: [] }
    return { id, step, attempt, missing: thrown.message, ...nothing }
  }
}

/** What a host answered (facts, findings, keys) is left out: what counted of it stands in the plan's basis. */
function hostOf({ host, ok, changed, failed, unreachable, message }: KnownRun['hosts'][number]) {
  return { host, ok, changed, failed, unreachable, message }
}

/** Field by field: the general way through descriptors would be many times slower. */
function lineOf({ run, sequence, at, host, task, kind, text }: OutputLine): Line {
  return { run, sequence, at: at?.toISOString() ?? '', host, task, kind, text }
}

// biome-ignore lint/suspicious/noExplicitAny: protojson has the shape of its message
function json(name: string, message: { finish: () => Uint8Array }): any {
  return messageToJson(`slipway.operation.v1.${name}`, message.finish())
}

function parsed(text: string): unknown {
  return text === '' ? null : JSON.parse(text)
}
