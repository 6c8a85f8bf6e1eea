import { randomUUID } from 'node:crypto'
import {
  type Context,
  context,
  type Span as OtelSpan,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { type Carrier, contextFrom, traceparentIn } from './context.ts'
import { tracerOf } from './start.ts'

/**
 * What a span may say, all of it names, ids and numbers: the set is closed so that nothing that a person typed and no secret
 * gets to a collector by accident. Those not ours are named by OpenTelemetry's conventions.
 */
export type Facts = Partial<
  Record<
    | `slipway.${'project' | 'cluster' | 'operation' | 'step' | 'attempt' | 'run' | 'playbook'}`
    | `slipway.${'host' | 'task' | 'result'}`
    | 'http.request.method'
    | 'http.route'
    | 'http.response.status_code'
    | 'rpc.system.name'
    | 'rpc.method',
    string | number
  >
>

/** A piece of work as a trace shows it. */
export type SpanOf = {
  /** Whose work it is: each service's spans go out as its own, also where all run in one process. */
  service: string
  /** A sentence or the name of a method; the same for all such work. */
  name: string
  kind?: 'server' | 'client'
  facts?: Facts
  /** What it goes on from: a received call or a stored `traceparent`; the current span without. */
  from?: Carrier | string | undefined
  /** When it began, if not now. */
  began?: Date
}

/** A span that somebody ends. */
export type Span = {
  /** Where spans below it go on from. */
  traceparent: string | undefined
  /** Runs work below it. */
  within: <T>(work: () => T) => T
  end: (outcome?: { facts?: Facts; failed?: boolean }) => void
}

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT }

/** Begins a span. */
export function beginSpan(of: SpanOf): Span {
  const tracer = tracerOf(of.service)
  const parent = contextFrom(of.from)
  return tracer ? recorded(tracer, parent, of) : passedOn(parent, of)
}

function recorded(tracer: Tracer, parent: Context, { name, kind, facts, began }: SpanOf): Span {
  const options = { kind: kind ? kinds[kind] : SpanKind.INTERNAL, startTime: began, attributes: facts }
  const span = tracer.startSpan(name, options, parent)
  const inside = trace.setSpan(parent, span)
  return {
    traceparent: traceparentIn(inside),
    within: (work) => context.with(inside, work),
    end: ({ facts: learnt = {}, failed = false } = {}) => {
      span.setAttributes(learnt)
      if (failed) fail(span)
      span.end()
    },
  }
}

/** Where no spans are sent a trace has its number all the same: answers, rows and the logs of every service name it. */
function passedOn(parent: Context, { kind }: SpanOf): Span {
  const begins = kind === 'server' && !trace.getSpanContext(parent)
  const inside = begins ? trace.setSpanContext(parent, newTrace()) : parent
  return {
    get traceparent() {
      return traceparentIn(inside)
    },
    within: (work) => context.with(inside, work),
    end: () => {},
  }
}

function newTrace() {
  // Random enough, and made in a tenth of the time of as many bytes.
  const traceId = randomUUID().replaceAll('-', '')
  return { traceId, spanId: traceId.slice(16), traceFlags: TraceFlags.NONE }
}

/** Runs work in a span, which has failed when the work throws. */
export async function inSpan<T>(of: SpanOf, work: () => Promise<T>): Promise<T> {
  const span = beginSpan(of)
  let failed = true
  try {
    const result = await span.within(work)
    failed = false
    return result
  } finally {
    span.end({ failed })
  }
}

/** Adds to the current span what became known on the way. */
export function addFacts(facts: Facts): void {
  trace.getActiveSpan()?.setAttributes(facts)
}

/** Says that the work of the current span failed, where that is not thrown. */
export function markFailed(): void {
  const span = trace.getActiveSpan()
  if (span) fail(span)
}

// Without words: an error's may hold anything. The log has them under the trace's id.
function fail(span: OtelSpan): void {
  span.setStatus({ code: SpanStatusCode.ERROR })
}
