import { JetStreamApiError } from '@nats-io/jetstream'
import { errors } from '@nats-io/transport-node'
import { unavailable } from '@slipway/errors'

/** Throws Unavailable for an error that says that NATS is not reached, and any other as it is. */
export function explainLostBus(error: unknown): never {
  if (!isLost(error)) throw error
  throw unavailable(
    'nats',
    'NATS does not answer.',
    'The connection is made again by itself; look at NATS if this lasts.',
    error,
  )
}

const broken = [
  errors.ClosedConnectionError,
  errors.ConnectionError,
  errors.DrainingConnectionError,
  errors.NoRespondersError,
  errors.TimeoutError,
]

function isLost(error: unknown): boolean {
  if (error instanceof errors.RequestError) return error.cause === undefined || isLost(error.cause)
  if (error instanceof JetStreamApiError) return error.status === 503
  return broken.some((kind) => error instanceof kind)
}
