import {
  type MethodDefinition,
  Server,
  type ServerErrorResponse,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  type UntypedHandleCall,
} from '@grpc/grpc-js'
import { type Method, methods } from '@slipway/contracts'
import { unavailable } from '@slipway/errors'
import { callSpan, serverCredentials, type Tls, toServiceError } from '@slipway/rpc'
import { inSpan, markFailed, type SpanOf } from '@slipway/telemetry'
import { HealthImplementation } from 'grpc-health-check'
import type { Incoming, Pipeline } from '../pipeline/pipeline.ts'
import { requestToJson } from '../pipeline/wire.ts'
import { bearerOf, first, sourceOf } from './caller.ts'
import { createReflection } from './reflection.ts'
import { recordTurnedAway } from './turned-away.ts'

const MESSAGE_LIMIT = 1024 * 1024
const DRAIN_MS = 3_000

/** The public gRPC door: TLS without client certificates, the public methods of the table, reflection and health. */
export async function serveGrpc(parts: {
  listen: string
  tls: Tls
  pipeline: Pipeline
  /** A reader of a stream who takes nothing for so long is cut off. */
  stalledMs: number
  ending: AbortSignal
}): Promise<{ address: string; stop: () => Promise<void> }> {
  const { listen, tls } = parts
  const server = new Server({
    'grpc.max_receive_message_length': MESSAGE_LIMIT,
    interceptors: [recordTurnedAway(parts.pipeline)],
  })
  const services = publicServices()
  for (const [, offered] of services) {
    const definition = Object.fromEntries(offered.map((method) => [method.name, method.definition]))
    const handlers = Object.fromEntries(offered.map((method) => [method.name, handlerOf(method, parts)]))
    server.addService(definition as Record<string, MethodDefinition<unknown, unknown>>, handlers)
  }
  const serving = ['', ...services.keys()].map((name) => [name, 'SERVING'] as const)
  new HealthImplementation(Object.fromEntries(serving)).addToServer(server)
  createReflection([...services.keys()]).addToServer(server)
  const credentials = serverCredentials(tls, { mutual: false })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(listen, credentials, (error, bound) => (error ? reject(error) : resolve(bound)))
  })
  return {
    address: `${listen.slice(0, listen.lastIndexOf(':'))}:${port}`,
    stop: () =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.forceShutdown(), DRAIN_MS)
        server.tryShutdown(() => {
          clearTimeout(cut)
          resolve()
        })
      }),
  }
}

/** Public methods by service: what has no access rule is not there. */
function publicServices(): Map<string, Method[]> {
  const offered = Object.values(methods).filter(({ access }) => access)
  return Map.groupBy(offered, ({ service }) => service)
}

type AnyCall = ServerUnaryCall<unknown, unknown> | ServerWritableStream<unknown, unknown>

type Parts = { pipeline: Pipeline; stalledMs: number; ending: AbortSignal }

function handlerOf(method: Method, { pipeline, stalledMs, ending }: Parts): UntypedHandleCall {
  if (method.streaming) {
    const handler = (call: ServerWritableStream<unknown, unknown>) =>
      void inSpan(spanOf(method, call), () =>
        stream(call, { pipeline, stalledMs }, incomingOf(method, call, ending)),
      )
    return handler as UntypedHandleCall
  }
  const handler = (call: ServerUnaryCall<unknown, unknown>, answer: sendUnaryData<unknown>) => {
    inSpan(spanOf(method, call), () => pipeline.call(incomingOf(method, call, ending))).then(
      ({ response }) => answer(null, response),
      (error) => answer(toServiceError(error, 'outside') as ServerErrorResponse),
    )
  }
  return handler as UntypedHandleCall
}

function spanOf({ path }: Method, { metadata, request }: AnyCall): SpanOf {
  return { ...callSpan('api-gateway', 'server', path, request), from: metadata }
}

function incomingOf(method: Method, call: AnyCall, ending: AbortSignal): Incoming {
  const gone = new AbortController()
  call.on('cancelled', () => gone.abort())
  const { request } = call
  return {
    method,
    door: 'grpc',
    source: sourceOf(call.getPeer()),
    agent: first(call.metadata, 'user-agent') ?? '',
    bearer: bearerOf(call.metadata),
    foreign: false,
    idempotencyKey: first(call.metadata, 'slipway-idempotency-key'),
    named: {},
    read: () => ({ request: requestToJson(method, request), problems: [] }),
    message: request,
    signal: AbortSignal.any([gone.signal, ending]),
  }
}

async function stream(
  call: ServerWritableStream<unknown, unknown>,
  { pipeline, stalledMs }: Pick<Parts, 'pipeline' | 'stalledMs'>,
  incoming: Incoming,
): Promise<void> {
  try {
    for await (const batch of await pipeline.open(incoming)) {
      for (const message of batch) {
        if (call.cancelled) return
        if (!call.write(message)) await drained(call, stalledMs)
      }
    }
    call.end()
  } catch (error) {
    // grpc-js answers the error that is emitted; after `destroy` it would answer nothing at all.
    markFailed()
    if (!call.cancelled) call.emit('error', toServiceError(error, 'outside'))
  }
}

/** Resolves when the peer has taken what was written, or is gone; throws when it takes nothing. */
async function drained(call: ServerWritableStream<unknown, unknown>, stalledMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const stalled = unavailable(
    'stream',
    'Nothing of it was taken for too long.',
    'Go on after the last cursor.',
  )
  const timer = setTimeout(() => reject(stalled), stalledMs)
  call.once('drain', resolve)
  call.once('cancelled', resolve)
  try {
    await promise
  } finally {
    clearTimeout(timer)
    call.off('drain', resolve)
    call.off('cancelled', resolve)
  }
}
