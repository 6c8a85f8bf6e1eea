import { Client, credentials, Metadata } from '@grpc/grpc-js'
import type { Method } from '@slipway/contracts'
import { isSlipwayError, type SlipwayError } from '@slipway/errors'
import { fromServiceError } from '@slipway/rpc'
import { requestFromJson, responseToJson } from '../src/pipeline/wire.ts'

/** An answer: the refusal, or what was answered (each message of a stream). */
// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
export type GrpcHeard = { error?: SlipwayError; code?: number; messages: any[] }

/** Calls the public gRPC door with TLS and no certificate; `close` when done. */
export function grpcClient(address: string, ca: string) {
  const client = new Client(address, credentials.createSsl(Buffer.from(ca)), {
    'grpc.ssl_target_name_override': 'localhost',
  })
  const call = (
    method: Method,
    request: Record<string, unknown>,
    { token, key }: { token?: string | undefined; key?: string } = {},
    heard: (messages: readonly unknown[]) => void = () => {},
  ) =>
    new Promise<GrpcHeard>((resolve) => {
      const metadata = new Metadata()
      if (token) metadata.set('authorization', `Bearer ${token}`)
      if (key) metadata.set('slipway-idempotency-key', key)
      const { path, requestSerialize, responseDeserialize } = method.definition
      const message = requestFromJson(method, request as never)
      // biome-ignore lint/suspicious/noExplicitAny: see above
      const messages: any[] = []
      const stream = client.makeServerStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        message,
        metadata,
      )
      stream.on('data', (value) => {
        messages.push(responseToJson(method, value))
        heard(messages)
      })
      stream.once('end', () => resolve({ messages }))
      stream.once('error', (thrown: Error & { code?: number }) => {
        const error = fromServiceError(thrown)
        resolve({
          messages,
          ...(isSlipwayError(error) ? { error } : {}),
          ...(thrown.code ? { code: thrown.code } : {}),
        })
      })
    })
  return { call, client, close: () => client.close() }
}
