import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A span as it came over the wire. */
export type SentSpan = {
  service: string
  /** Which process, or which of two equal services of one. */
  instance: string
  traceId: string
  id: string
  /** '' of a root. */
  parent: string
  name: string
  kind: 'internal' | 'server' | 'client'
  failed: boolean
  attributes: Record<string, unknown>
}

/** A real OTLP/HTTP collector, which takes JSON and keeps all that it gets. */
export type Collector = {
  url: string
  spans: SentSpan[]
  /** Bodies as they came: what is nowhere in them was not sent. */
  bodies: string[]
  /** Resolves when what came satisfies `enough`; says what came instead when that does not happen in 30 s. */
  until: (enough: (spans: readonly SentSpan[]) => boolean) => Promise<void>
  stop: () => Promise<void>
}

const LATE_MS = 30_000

/** Starts one on a free port of loopback. */
export async function startCollector(): Promise<Collector> {
  const spans: SentSpan[] = []
  const bodies: string[] = []
  const waiting = new Set<() => void>()
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST' || request.url !== '/v1/traces') return response.writeHead(404).end()
    if (request.headers['content-type'] !== 'application/json') return response.writeHead(415).end()
    const body = await text(request)
    bodies.push(body)
    spans.push(...spansOf(JSON.parse(body) as Sent))
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    for (const look of waiting) look()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    bodies,
    until: (enough) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!enough(spans)) return
          waiting.delete(look)
          clearTimeout(late)
          resolve()
        }
        const late = setTimeout(() => {
          waiting.delete(look)
          const came = spans.map(({ traceId, id, parent, name }) => `${traceId} ${parent} > ${id} ${name}`)
          reject(new Error(`the spans did not come; these did:\n${came.join('\n')}`))
        }, LATE_MS)
        waiting.add(look)
        look()
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

type Value = { stringValue?: string; intValue?: number | string; doubleValue?: number; boolValue?: boolean }
type Attributes = readonly { key: string; value: Value }[]
type Sent = {
  resourceSpans: {
    resource: { attributes: Attributes }
    scopeSpans: {
      spans: {
        traceId: string
        spanId: string
        parentSpanId?: string
        name: string
        kind: number
        status?: { code?: number }
        attributes?: Attributes
      }[]
    }[]
  }[]
}

const kinds: Record<number, SentSpan['kind']> = { 1: 'internal', 2: 'server', 3: 'client' }
const FAILED = 2

function spansOf({ resourceSpans }: Sent): SentSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const about = record(resource.attributes)
    const of = { service: String(about['service.name']), instance: String(about['service.instance.id']) }
    return scopeSpans.flatMap(({ spans }) =>
      spans.map(({ traceId, spanId, parentSpanId, name, kind, status, attributes }) => ({
        ...of,
        ...{ traceId, id: spanId, parent: parentSpanId ?? '', name, kind: kinds[kind] ?? 'internal' },
        failed: status?.code === FAILED,
        attributes: record(attributes ?? []),
      })),
    )
  })
}

function record(attributes: Attributes): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}
