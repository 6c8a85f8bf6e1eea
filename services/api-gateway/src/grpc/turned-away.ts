import { type Metadata, ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js'
import { methodAt } from '@slipway/contracts'
import { exhausted } from '@slipway/errors'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { bearerOf, sourceOf } from './caller.ts'

/**
 * Records calls whose message never arrived: grpc-js refuses one that is too large or no message at all by itself. A caller
 * that hangs up in the middle of it looks the same.
 */
export function recordTurnedAway(pipeline: Pipeline): ServerInterceptor {
  return ({ path }, call) => {
    const method = methodAt(path)
    let metadata: Metadata | undefined
    let arrived = false
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (received, go) => {
            metadata = received
            go(received)
          },
          onReceiveMessage: (message, go) => {
            arrived = true
            go(message)
          },
          onCancel: () => {
            if (arrived || !method?.access) return
            const error = exhausted(
              'message',
              'The message was too large, unreadable, or cut off.',
              'Send less, as the contract says.',
            )
            const source = sourceOf(call.getPeer())
            const bearer = metadata && bearerOf(metadata)
            void pipeline.turnAway({ door: 'grpc', what: path.slice(1), method, source, bearer }, error)
          },
        }),
    })
  }
}
