import { JetStreamApiError } from '@nats-io/jetstream'
import { errors } from '@nats-io/transport-node'
import { unavailable } from '@slipway/errors'

/** What JetStream says when it can't write: its disk is full, or its own limit is reached (nats-server 2.12, errors.json). */
const FULL = /no space left|error creating store|insufficient( storage)? resources/i

/** Throws Unavailable for an error that says that NATS is not reached or has no room, and any other as it is. */
export function explainLostBus(error: unknown): never {
  if (isFull(error)) {
    throw unavailable(
      'nats',
      "NATS' disk is full: no event can be published.",
      'Make room on the file system of its store; what waits in PostgreSQL is published by itself then, and nothing is lost.',
      error,
    )
  }
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

function isFull(error: unknown): boolean {
  return error instanceof JetStreamApiError && FULL.test(error.message)
}

function isLost(error: unknown): boolean {
  if (error instanceof errors.RequestError) return error.cause === undefined || isLost(error.cause)
  if (error instanceof JetStreamApiError) return error.status === 503
  return broken.some((kind) => error instanceof kind)
}
