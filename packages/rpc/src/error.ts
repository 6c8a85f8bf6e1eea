import { Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { ErrorDetail } from '@slipway/contracts/api/v1/error'
import { Status } from '@slipway/contracts/google/rpc/status'
import { type Code, codes, SlipwayError, toSlipwayError } from '@slipway/errors'

const DETAILS = 'grpc-status-details-bin'
const DETAIL_TYPE = 'type.googleapis.com/slipway.api.v1.ErrorDetail'

/** The only place that knows which of our codes is which of gRPC's. */
const statusOf = {
  NotFound: status.NOT_FOUND,
  Invalid: status.INVALID_ARGUMENT,
  Conflict: status.ALREADY_EXISTS,
  Denied: status.PERMISSION_DENIED,
  Unauthenticated: status.UNAUTHENTICATED,
  Precondition: status.FAILED_PRECONDITION,
  Unavailable: status.UNAVAILABLE,
  Exhausted: status.RESOURCE_EXHAUSTED,
  Bug: status.INTERNAL,
} satisfies Record<Code, status>

/** An error as gRPC carries it: status, message, and every problem as google.rpc.Status details. */
export function toServiceError(thrown: unknown): ServiceError {
  const error = toSlipwayError(thrown)
  const code = statusOf[error.code]
  // A bug's own words may hold anything: they stay in the log.
  const message = error.code === 'Bug' ? 'Something went wrong inside Slipway.' : error.message
  const detail = ErrorDetail.encode({ code: error.code, problems: [...error.problems] }).finish()
  const metadata = new Metadata()
  metadata.set(
    DETAILS,
    Buffer.from(
      Status.encode({
        code,
        message,
        details: [{ typeUrl: DETAIL_TYPE, value: Buffer.from(detail) }],
      }).finish(),
    ),
  )
  return Object.assign(new Error(message), { code, details: message, metadata })
}

/** The error as its thrower meant it; what did not come from a Slipway service becomes Unavailable or Bug. */
export function fromServiceError(thrown: unknown): SlipwayError {
  if (!isServiceError(thrown)) return toSlipwayError(thrown)
  const [details] = thrown.metadata?.get(DETAILS) ?? []
  if (details instanceof Buffer) {
    const any = Status.decode(details).details.find((one) => one.typeUrl === DETAIL_TYPE)
    if (any) {
      const detail = ErrorDetail.decode(any.value)
      const code = codes.find((known) => known === detail.code) ?? 'Bug'
      return new SlipwayError(code, thrown.details, detail.problems, { cause: thrown })
    }
  }
  const code = Object.entries(statusOf).find(([, value]) => value === thrown.code)?.[0] as Code | undefined
  if (thrown.code === status.DEADLINE_EXCEEDED || thrown.code === status.CANCELLED) {
    return new SlipwayError('Unavailable', thrown.details, [], { cause: thrown })
  }
  return new SlipwayError(code ?? 'Bug', thrown.details, [], { cause: thrown })
}

function isServiceError(thrown: unknown): thrown is ServiceError {
  return thrown instanceof Error && 'code' in thrown && 'details' in thrown
}
