import { context, propagation, SpanStatusCode, type TextMapGetter, trace } from '@opentelemetry/api'

/** What trace context is read from and written to: gRPC metadata has this shape. */
type Carrier = { get(key: string): unknown[]; set(key: string, value: string): void }

const getter: TextMapGetter<Carrier> = {
  get: (carrier, key) => carrier.get(key)[0]?.toString(),
  keys: () => ['traceparent', 'tracestate'],
}
const tracer = () => trace.getTracer('slipway')

/**
 * Sends spans to an OTLP/HTTP collector (`http://host:4318`). Without an endpoint tracing stays off and costs nothing.
 * Answers the function that flushes and stops.
 */
export async function startTracing(
  service: string,
  endpoint: string | undefined,
): Promise<() => Promise<void>> {
  if (!endpoint) return async () => {}
  const { NodeSDK } = await import('@opentelemetry/sdk-node')
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  const sdk = new NodeSDK({
    serviceName: service,
    traceExporter: new OTLPTraceExporter({ url: `${endpoint}/v1/traces` }),
  })
  sdk.start()
  return () => sdk.shutdown()
}

/** Runs work in a span that continues the trace of a received call. */
export function inSpan<T>(name: string, carrier: Carrier, work: () => Promise<T>): Promise<T> {
  return spanned(name, propagation.extract(context.active(), carrier, getter), work)
}

/** Runs work in a span that continues a stored `traceparent`, when there is one. */
export function inSpanFrom<T>(
  name: string,
  traceparent: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  return spanned(
    name,
    traceparent ? propagation.extract(context.active(), { traceparent }) : context.active(),
    work,
  )
}

/** Puts the current trace on an outgoing call. */
export function injectTrace(carrier: Carrier): void {
  propagation.inject(context.active(), carrier, { set: (on, key, value) => on.set(key, value) })
}

/** The current trace as a `traceparent` header, to be stored with work that goes on later. */
export function currentTraceparent(): string | undefined {
  const carrier: Record<string, string> = {}
  propagation.inject(context.active(), carrier)
  return carrier.traceparent
}

function spanned<T>(
  name: string,
  parent: ReturnType<typeof context.active>,
  work: () => Promise<T>,
): Promise<T> {
  return context.with(parent, () =>
    tracer().startActiveSpan(name, async (span) => {
      try {
        return await work()
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR })
        throw error
      } finally {
        span.end()
      }
    }),
  )
}
