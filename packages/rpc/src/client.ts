import {
  Client as Channel,
  type ClientReadableStream,
  credentials,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  type MethodDefinition,
  type ServiceDefinition,
} from '@grpc/grpc-js'
import { injectTrace } from '@slipway/telemetry'
import { fromServiceError } from './error.ts'
import { type Principal, writePrincipal } from './principal.ts'
import type { Tls } from './server.ts'

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

/** Connects to a service of this install over mutual TLS. `service` is the name that its certificate must show. */
export function connect<S>(
  definition: ServiceDefinition,
  to: { address: string; service: string; tls: Tls },
): Client<S> {
  const { address, service, tls } = to
  const secure = credentials.createSsl(Buffer.from(tls.ca), Buffer.from(tls.key), Buffer.from(tls.cert))
  const channel = new Channel(address, secure, {
    'grpc.ssl_target_name_override': service,
    'grpc.default_authority': service,
    'grpc.max_receive_message_length': 16 * 1024 * 1024,
    'grpc.keepalive_time_ms': 20_000,
  })
  const call = (method: MethodDefinition<unknown, unknown>, request: unknown, options?: CallOptions) =>
    unary(channel, method, request, options)
  const stream = (method: MethodDefinition<unknown, unknown>, request: unknown, options?: CallOptions) =>
    streaming(channel, method, request, options)
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
  request: unknown,
  options: CallOptions = {},
): AsyncGenerator<unknown> {
  const call: ClientReadableStream<unknown> = channel.makeServerStreamRequest(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
    request,
    metadataOf(options),
    options.deadlineMs ? { deadline: Date.now() + options.deadlineMs } : {},
  )
  const cancel = () => call.cancel()
  options.signal?.addEventListener('abort', cancel, { once: true })
  try {
    yield* call
  } catch (error) {
    if (!options.signal?.aborted) throw fromServiceError(error)
  } finally {
    options.signal?.removeEventListener('abort', cancel)
    call.cancel()
  }
}

function metadataOf({ principal, idempotencyKey }: CallOptions): Metadata {
  const metadata = new Metadata()
  if (principal) writePrincipal(metadata, principal)
  if (idempotencyKey) metadata.set('slipway-idempotency-key', idempotencyKey)
  injectTrace(metadata)
  return metadata
}
