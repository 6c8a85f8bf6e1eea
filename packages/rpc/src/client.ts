import {
  Client as Channel,
  type ClientReadableStream,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  type MethodDefinition,
  type ServiceDefinition,
} from '@grpc/grpc-js'
import { beginSpan, injectTrace, inSpan } from '@slipway/telemetry'
import { fromServiceError } from './error.ts'
import { type Principal, writePrincipal } from './principal.ts'
import { callSpan, nameOn } from './span.ts'
import { channelCredentials, type Tls } from './tls.ts'

/** What goes with a call. Every call has a deadline: 30 s unless said otherwise; streams have none. */
export type CallOptions = {
  deadlineMs?: number
  principal?: Principal
  idempotencyKey?: string
  signal?: AbortSignal
}

/** The methods of a service as plain async functions; S is ts-proto's `<Name>ServiceServer`. */
export type Client<S> = {
  [K in keyof S as string extends K ? never : number extends K ? never : K]: S[K] extends handleUnaryCall<
    infer Q,
    infer R
  >
    ? (request: Q, options?: CallOptions) => Promise<R>
    : S[K] extends handleServerStreamingCall<infer Q, infer R>
      ? (request: Q, options?: CallOptions) => AsyncIterable<R>
      : never
} & {
  /** Calls a method by its definition, for doors that forward. */
  call: (
    method: MethodDefinition<unknown, unknown>,
    request: unknown,
    options?: CallOptions,
  ) => Promise<unknown>
  stream: (
    method: MethodDefinition<unknown, unknown>,
    request: unknown,
    options?: CallOptions,
  ) => AsyncIterable<unknown>
  close: () => void
}

const DEADLINE_MS = 30_000

/**
 * Replicas take turns. gRPC's own way is the first that answers: of two replicas of cluster-manager one planned every change,
 * and used 1.8 times the CPU of the other.
 */
const TURNS = JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] })

/**
 * Connects to a service of this install over mutual TLS. `service` is the name that its certificate must show; with several
 * addresses (`ipv4:a:1,b:2`) calls go to those that answer, in turn.
 */
export function connect<S>(
  definition: ServiceDefinition,
  to: { address: string; service: string; tls: Tls },
): Client<S> {
  const { address, service, tls } = to
  const self = nameOn(tls)
  const channel = new Channel(address, channelCredentials(tls), {
    'grpc.ssl_target_name_override': service,
    'grpc.default_authority': service,
    'grpc.max_receive_message_length': 16 * 1024 * 1024,
    'grpc.keepalive_time_ms': 20_000,
    'grpc.service_config': TURNS,
  })
  const call = (method: MethodDefinition<unknown, unknown>, request: unknown, options?: CallOptions) =>
    inSpan(callSpan(self, 'client', method.path, request), () => unary(channel, method, request, options))
  const stream = (method: MethodDefinition<unknown, unknown>, request: unknown, options?: CallOptions) =>
    streaming(channel, method, { request, service: self }, options)
  const verbs = Object.entries(definition).map(([name, method]) => {
    const verb = method.responseStream ? stream : call
    return [
      name,
      (request: unknown, options?: CallOptions) =>
        verb(method as MethodDefinition<unknown, unknown>, request, options),
    ]
  })
  return { ...Object.fromEntries(verbs), call, stream, close: () => channel.close() } as Client<S>
}

function unary(
  channel: Channel,
  method: MethodDefinition<unknown, unknown>,
  request: unknown,
  options: CallOptions = {},
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const cancel = () => call.cancel()
    const call = channel.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      metadataOf(options),
      { deadline: Date.now() + (options.deadlineMs ?? DEADLINE_MS) },
      (error, value) => {
        options.signal?.removeEventListener('abort', cancel)
        if (error) reject(fromServiceError(error))
        else resolve(value)
      },
    )
    options.signal?.addEventListener('abort', cancel, { once: true })
  })
}

async function* streaming(
  channel: Channel,
  method: MethodDefinition<unknown, unknown>,
  { request, service }: { request: unknown; service: string },
  options: CallOptions = {},
): AsyncGenerator<unknown> {
  const span = beginSpan(callSpan(service, 'client', method.path, request))
  const call: ClientReadableStream<unknown> = channel.makeServerStreamRequest(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
    request,
    span.within(() => metadataOf(options)),
    options.deadlineMs ? { deadline: Date.now() + options.deadlineMs } : {},
  )
  const cancel = () => call.cancel()
  options.signal?.addEventListener('abort', cancel, { once: true })
  let failed = false
  try {
    yield* call
  } catch (error) {
    failed = !options.signal?.aborted
    if (failed) throw fromServiceError(error)
  } finally {
    options.signal?.removeEventListener('abort', cancel)
    call.cancel()
    span.end({ failed })
  }
}

function metadataOf({ principal, idempotencyKey }: CallOptions): Metadata {
  const metadata = new Metadata()
  if (principal) writePrincipal(metadata, principal)
  if (idempotencyKey) metadata.set('slipway-idempotency-key', idempotencyKey)
  injectTrace(metadata)
  return metadata
}
