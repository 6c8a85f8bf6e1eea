import { type Context, context, propagation, type TextMapGetter, trace } from '@opentelemetry/api'

/** What trace context is read from and written to: gRPC metadata has this shape. */
export type Carrier = { get(key: string): unknown[]; set(key: string, value: string): void }

const getter: TextMapGetter<Carrier> = {
  get: (carrier, key) => carrier.get(key)[0]?.toString(),
  keys: () => ['traceparent', 'tracestate'],
}

/** The context that a received call, or a `traceparent` that was stored, goes on from; the current one without. */
export function contextFrom(from: Carrier | string | undefined): Context {
  if (from === undefined) return context.active()
  if (typeof from === 'string') return propagation.extract(context.active(), { traceparent: from })
  return propagation.extract(context.active(), from, getter)
}

/** Runs work as part of the trace of a stored `traceparent`, without a span of its own: its events carry it on. */
export function withTrace<T>(traceparent: string | undefined, work: () => T): T {
  return context.with(contextFrom(traceparent), work)
}

/** Puts the current trace on an outgoing call. */
export function injectTrace(carrier: Carrier): void {
  propagation.inject(context.active(), carrier, { set: (on, key, value) => on.set(key, value) })
}

/** The current trace as a `traceparent` header, to be stored with work that goes on later. */
export function currentTraceparent(): string | undefined {
  return traceparentIn(context.active())
}

/** A context as a `traceparent` header. */
export function traceparentIn(here: Context): string | undefined {
  const carrier: Record<string, string> = {}
  propagation.inject(here, carrier)
  return carrier.traceparent
}

/** What a person looks the current trace up by: in a collector, and in the logs. */
export function currentTraceId(): string | undefined {
  return trace.getSpanContext(context.active())?.traceId
}
