import { Client, credentials, Metadata } from '@grpc/grpc-js'

/** A method of the generated definitions; streaming or not. */
type Method<Q, R> = {
  path: string
  requestSerialize: (request: Q) => Buffer
  requestDeserialize: (bytes: Buffer) => Q
  responseDeserialize: (bytes: Buffer) => R
}

/** Sent twice under one key, a call is done once. */
type CallOptions = { idempotencyKey?: string; deadlineMs?: number }

/** The public gRPC door as one person sees it. Fields that are left out of a request are empty. */
export type Door = {
  call: <Q, R>(method: Method<Q, R>, request?: Partial<Q>, options?: CallOptions) => Promise<R>
  /** Messages of a stream; breaking off cancels it. */
  stream: <Q, R>(method: Method<Q, R>, request: Partial<Q>) => AsyncGenerator<R>
  /** The names of the services that reflection lists. */
  services: () => Promise<string[]>
  close: () => void
}

const DEADLINE_MS = 60_000

/** Opens it over TLS, with a bearer token or as nobody. */
export function openDoor({ address, ca, token }: { address: string; ca: string; token?: string }): Door {
  const channel = new Client(address, credentials.createSsl(Buffer.from(ca)), {
    'grpc.max_reconnect_backoff_ms': 1_000,
  })
  const metadata = new Metadata()
  if (token) metadata.set('authorization', `Bearer ${token}`)
  return {
    call: (method, request = {}, { idempotencyKey, deadlineMs = DEADLINE_MS } = {}) =>
      new Promise((resolve, reject) => {
        const sent = metadata.clone()
        if (idempotencyKey) sent.set('slipway-idempotency-key', idempotencyKey)
        channel.makeUnaryRequest(
          method.path,
          method.requestSerialize,
          method.responseDeserialize,
          whole(method, request),
          sent,
          { deadline: Date.now() + deadlineMs },
          (error, value) => (error || !value ? reject(error) : resolve(value)),
        )
      }),
    stream: async function* (method, request) {
      const call = channel.makeServerStreamRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        whole(method, request),
        metadata,
      )
      call.on('error', () => {}) // what a cancelled call says when nobody reads it any more
      try {
        yield* call
      } finally {
        call.cancel()
      }
    },
    services: () => listServices(channel),
    close: () => channel.close(),
  }
}

function whole<Q, R>(method: Method<Q, R>, request: Partial<Q>): Q {
  return { ...method.requestDeserialize(Buffer.alloc(0)), ...request }
}

/** Asks reflection by its few bytes: field 7 lists services, whose names are the only text of the answer. */
function listServices(channel: Client): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const stream = channel.makeBidiStreamRequest(
      '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
    )
    stream.once('data', (answer: Buffer) => {
      resolve(answer.toString('latin1').match(/[a-z]\w*(\.\w+)*\.v\w+\.[A-Z]\w+/g) ?? [])
      stream.end()
    })
    stream.once('error', reject)
    stream.write(Buffer.from([(7 << 3) | 2, 1, '*'.charCodeAt(0)]))
  })
}
