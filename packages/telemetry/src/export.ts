import { randomUUID } from 'node:crypto'
import { ExportResultCode } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Log } from './log.ts'

// Loaded only where tracing is on. The ready-made NodeSDK would send more than spans: the process's arguments, and logs.

/** What a killed process had not sent yet is lost: a second. */
const SEND_EVERY_MS = 1_000
/** Tasks of a run on a thousand hosts come within moments. */
const KEPT_SPANS = 16_384
/** A collector that is away holds up a stop no longer than this. */
const TIMEOUT_MS = 3_000

/** Makes spans of a service and sends them in batches. */
export function openProvider(service: string, endpoint: string, log: Log): TracerProvider {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`
  const exporter = telling(new OTLPTraceExporter({ url, timeoutMillis: TIMEOUT_MS }), log)
  const batches = { exporter, scheduledDelayMillis: SEND_EVERY_MS, maxQueueSize: KEPT_SPANS }
  return new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.instance.id': randomUUID() }),
    spanProcessors: [new BatchSpanProcessor(batches)],
  })
}

/** Says in the log when spans begin to be lost, and when they get through again. */
function telling(exporter: SpanExporter, log: Log): SpanExporter {
  let losing = false
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const failed = result.code === ExportResultCode.FAILED
        if (failed && !losing)
          log.warn({ err: result.error }, 'spans are lost: the collector does not take them')
        if (!failed && losing) log.info('the collector takes spans again')
        losing = failed
        done(result)
      }),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  }
}
