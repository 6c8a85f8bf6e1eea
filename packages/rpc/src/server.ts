import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  type Metadata,
  Server,
  type ServerErrorResponse,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
  type UntypedHandleCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { methodAt } from '@slipway/contracts'
import { denied, toSlipwayError } from '@slipway/errors'
import { inSpan, type Log, markFailed } from '@slipway/telemetry'
import { HealthImplementation } from 'grpc-health-check'
import { toServiceError } from './error.ts'
import { type Principal, readPrincipal } from './principal.ts'
import { callSpan, nameOn } from './span.ts'
import { serverCredentials, type Tls } from './tls.ts'

/** What a handler knows of the call it answers. */
export type Call = {
  /** The service that calls, by its certificate. */
  caller: string
  /** The person behind it, when there is one. */
  principal: Principal | undefined
  /** Scoped by the gateway to principal, route and body. */
  idempotencyKey: string | undefined
  /** Aborted when the caller gave up or its deadline passed. */
  signal: AbortSignal
}

/** The methods of a service as plain functions; S is ts-proto's `<Name>ServiceServer`. */
export type Handlers<S> = {
  [K in keyof S as string extends K ? never : number extends K ? never : K]: S[K] extends handleUnaryCall<
    infer Q,
    infer R
  >
    ? (request: Q, call: Call) => Promise<R>
    : S[K] extends handleServerStreamingCall<infer Q, infer R>
      ? (request: Q, call: Call) => AsyncIterable<R>
      : never
}

type Implementation = { definition: ServiceDefinition; handlers: Record<string, unknown> }

/** A running gRPC server. */
export type RpcServer = { address: string; stop: () => Promise<void> }

/** Pairs a service's definition with its handlers. */
export function implement<S>(definition: ServiceDefinition, handlers: Partial<Handlers<S>>): Implementation {
  return { definition, handlers }
}

/**
 * Serves services over mutual TLS on `listen` (host:port, port 0 picks a free one), with gRPC health.
 * A method answers only the services that its `callers` option names.
 */
export async function serve(options: {
  listen: string
  tls: Tls
  services: readonly Implementation[]
  log: Log
}): Promise<RpcServer> {
  const { listen, tls, services, log } = options
  const service = nameOn(tls)
  const server = new Server({ 'grpc.max_receive_message_length': 16 * 1024 * 1024 })
  for (const { definition, handlers } of services) {
    server.addService(definition, adapt(definition, { handlers, service, log }))
  }
  new HealthImplementation({ '': 'SERVING' }).addToServer(server)
  const credentials = serverCredentials(tls, { mutual: true })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(listen, credentials, (error, bound) => (error ? reject(error) : resolve(bound)))
  })
  return {
    address: `${listen.slice(0, listen.lastIndexOf(':'))}:${port}`,
    stop: () => shutdown(server),
  }
}

const DRAIN_MS = 3_000

/** Lets calls end for a moment, then cuts what still streams. */
function shutdown(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.forceShutdown(), DRAIN_MS)
    server.tryShutdown(() => {
      clearTimeout(cut)
      resolve()
    })
  })
}

function adapt(
  definition: ServiceDefinition,
  { handlers, service, log }: { handlers: Record<string, unknown>; service: string; log: Log },
): UntypedServiceImplementation {
  const adapted: Record<string, UntypedHandleCall> = {}
  for (const [name, method] of Object.entries(definition)) {
    const handler = handlers[name]
    if (typeof handler !== 'function') continue
    const allowed = methodAt(method.path)?.callers ?? []
    const admit = (
      call: ServerUnaryCall<unknown, unknown> | ServerWritableStream<unknown, unknown>,
    ): Call => {
      const caller = String(call.getAuthContext().sslPeerCertificate?.subject?.CN ?? '')
      if (!allowed.includes(caller)) {
        throw denied(
          `${caller || 'nobody'} may not call ${method.path}.`,
          'Its callers are listed in proto/.',
        )
      }
      return about(call, caller)
    }
    const spanOf = ({ request, metadata }: { request: unknown; metadata: Metadata }) => ({
      ...callSpan(service, 'server', method.path, request),
      from: metadata,
    })
    adapted[name] = method.responseStream
      ? (call: ServerWritableStream<unknown, unknown>) =>
          void inSpan(spanOf(call), () => stream(call, admit, handler as StreamHandler, log))
      : (call: ServerUnaryCall<unknown, unknown>, answer: sendUnaryData<unknown>) => {
          inSpan(spanOf(call), async () => {
            try {
              return await (handler as UnaryHandler)(call.request, admit(call))
            } catch (error) {
              throw refuse(error, method.path, log)
            }
          }).then(
            (value) => answer(null, value),
            (refusal) => answer(refusal as ServerErrorResponse),
          )
        }
  }
  return adapted as UntypedServiceImplementation
}

type UnaryHandler = (request: unknown, call: Call) => Promise<unknown>
type StreamHandler = (request: unknown, call: Call) => AsyncIterable<unknown>

async function stream(
  call: ServerWritableStream<unknown, unknown>,
  admit: (call: ServerWritableStream<unknown, unknown>) => Call,
  handler: StreamHandler,
  log: Log,
): Promise<void> {
  try {
    for await (const value of handler(call.request, admit(call))) {
      if (call.cancelled) return
      if (!call.write(value)) await drained(call)
    }
    call.end()
  } catch (error) {
    // grpc-js sends the status only of an emitted error; destroy() would leave the caller waiting for ever.
    markFailed()
    if (!call.cancelled) call.emit('error', refuse(error, call.getPath(), log))
  }
}

/** Resolves when the peer has taken what was written, or is gone. */
function drained(call: ServerWritableStream<unknown, unknown>): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      call.off('drain', done)
      call.off('cancelled', done)
      resolve()
    }
    call.once('drain', done)
    call.once('cancelled', done)
  })
}

function about(
  call: { metadata: Metadata; on(event: 'cancelled', listener: () => void): unknown },
  caller: string,
): Call {
  const controller = new AbortController()
  call.on('cancelled', () => controller.abort())
  const [idempotencyKey] = call.metadata.get('slipway-idempotency-key')
  return {
    caller,
    principal: caller === 'api-gateway' ? readPrincipal(call.metadata) : undefined,
    idempotencyKey: idempotencyKey?.toString(),
    signal: controller.signal,
  }
}

/** What was not thrown on purpose is logged here, once; the caller gets no inner words of it. */
function refuse(thrown: unknown, path: string, log: Log): unknown {
  const error = toSlipwayError(thrown)
  if (error.code === 'Bug') log.error({ err: error.cause ?? error, path }, 'a call failed by our mistake')
  return toServiceError(error)
}
