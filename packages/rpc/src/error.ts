import { Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { ErrorDetail, Problem as ProblemMessage } from '@slipway/contracts/api/v1/error'
import { Status } from '@slipway/contracts/google/rpc/status'
import { type Code, codes, type Problem, SlipwayError, toSlipwayError, unavailable } from '@slipway/errors'

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

/**
 * An error travels in HTTP/2 headers, of which a peer takes so much and else breaks the call: 64 KiB ours, and 8 KiB what
 * gRPC's other languages are set to. As base64, beside the message, these fit.
 */
const ROOM = { inside: 32_768, outside: 4_096 }
const LONGEST_MESSAGE = 1_000

/**
 * An error as gRPC carries it: status, message, and every problem as google.rpc.Status details. `to` says who reads it:
 * our own services, or anybody's client, who gets fewer of very many problems.
 */
export function toServiceError(thrown: unknown, to: keyof typeof ROOM = 'inside'): ServiceError {
  const error = toSlipwayError(thrown)
  const code = statusOf[error.code]
  // A bug's own words may hold anything: they stay in the log.
  const message = error.code === 'Bug' ? 'Something went wrong inside Slipway.' : shortened(error.message)
  const problems = fitting(error.problems.map(toWire), ROOM[to])
  const detail = ErrorDetail.encode({ code: error.code, problems }).finish()
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

/** What gRPC itself says of a peer that does not answer, as a person needs it: its own words name inner addresses. */
const silences: Partial<Record<status, string>> = {
  [status.UNAVAILABLE]: 'A service of Slipway that this needs is not reached.',
  [status.DEADLINE_EXCEEDED]: 'A service of Slipway that this needs did not answer in time.',
  [status.CANCELLED]: 'The call was cut off.',
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
      return new SlipwayError(code, thrown.details, detail.problems.map(fromWire), { cause: thrown })
    }
  }
  const code = Object.entries(statusOf).find(([, value]) => value === thrown.code)?.[0] as Code | undefined
  const silence = silences[thrown.code]
  if (silence) return unavailable('service', silence, 'Call again; if this lasts, look at the log.', thrown)
  return new SlipwayError(code ?? 'Bug', thrown.details, [], { cause: thrown })
}

/** The problems that fit into so many bytes, and how many more there are. */
function fitting(problems: readonly ProblemMessage[], bytes: number): ProblemMessage[] {
  let left = bytes
  const fit = problems.findIndex((problem) => {
    left -= ProblemMessage.encode(problem).finish().length
    return left < 0
  })
  if (fit < 0) return [...problems]
  const message = `has ${problems.length - fit} more problems`
  return [...problems.slice(0, fit), toWire({ field: 'request', message, hint: 'Mend these first.' })]
}

function shortened(message: string): string {
  return message.length <= LONGEST_MESSAGE ? message : `${message.slice(0, LONGEST_MESSAGE)} …`
}

function toWire({ field, message, hint, restsOn = [] }: Problem): ProblemMessage {
  return { field, message, hint, restsOn: [...restsOn] }
}

function fromWire({ field, message, hint, restsOn }: ProblemMessage): Problem {
  return { field, message, hint, ...(restsOn.length > 0 ? { restsOn } : {}) }
}

function isServiceError(thrown: unknown): thrown is ServiceError {
  return thrown instanceof Error && 'code' in thrown && 'details' in thrown
}
