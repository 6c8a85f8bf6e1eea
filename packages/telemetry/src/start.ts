import { context, propagation, type Tracer } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import type { Log } from './log.ts'

/** Services of this process whose spans are sent; the all-in-one has several. */
const tracers = new Map<string, Tracer>()

let passesOn = false

/** A service's tracer, where its tracing is on. */
export function tracerOf(service: string): Tracer | undefined {
  return tracers.get(service)
}

/**
 * Passes traces on from call to call, and sends a service's spans to an OTLP/HTTP collector (`http://host:4318`). Without an
 * endpoint no spans are made and nothing for them is loaded. Answers the function that sends the rest and stops.
 */
export async function startTracing(
  service: string,
  endpoint: string | undefined,
  log: Log,
): Promise<() => Promise<void>> {
  passOn()
  if (!endpoint) return async () => {}
  const { openProvider } = await import('./export.ts')
  const provider = openProvider(service, endpoint, log)
  const tracer = provider.getTracer('slipway')
  tracers.set(service, tracer)
  return async () => {
    if (tracers.get(service) === tracer) tracers.delete(service)
    // That the rest can't be sent was said in the log.
    await provider.shutdown().catch(() => {})
  }
}

/** Once in a process: several services share its contexts. */
function passOn(): void {
  if (passesOn) return
  passesOn = true
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
}
