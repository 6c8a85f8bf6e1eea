import type { Code, SlipwayError } from '@slipway/errors'

/** An answer as application/problem+json (RFC 9457). */
export type ProblemBody = {
  type: string
  title: string
  status: number
  code: Code
  detail: string
  problems: readonly { field: string; message: string; hint: string }[]
  traceId: string
}

/** The only place that knows which of our codes is which of HTTP's. */
const statusOf = {
  Invalid: 400,
  Unauthenticated: 401,
  Denied: 403,
  NotFound: 404,
  Conflict: 409,
  Precondition: 412,
  Exhausted: 429,
  Bug: 500,
  Unavailable: 503,
} satisfies Record<Code, number>

const titles = {
  Invalid: 'The request is wrong',
  Unauthenticated: 'Nobody is signed in',
  Denied: 'Not allowed',
  NotFound: 'Not found',
  Conflict: 'It clashes with what is there',
  Precondition: 'The state that the call needs is not given',
  Exhausted: 'A limit is reached',
  Bug: 'Something went wrong inside Slipway',
  Unavailable: 'Something that is needed does not answer',
} satisfies Record<Code, string>

/** Every status that a refusal can have, with its title, for the API document. */
export const refusals = Object.entries(statusOf).map(([code, status]) => ({
  status,
  title: titles[code as Code],
}))

/** An error as HTTP says it. `ifMatch` tells that the call rested on a version: a stale one is 412 then. */
export function problemOf(
  error: SlipwayError,
  { traceId, status, ifMatch }: { traceId: string; status?: number; ifMatch?: boolean },
): ProblemBody {
  const stale =
    ifMatch && error.code === 'Conflict' && error.problems.some(({ field }) => field === 'version')
  return {
    type: `urn:slipway:problem:${error.code.toLowerCase()}`,
    title: titles[error.code],
    status: status ?? (stale ? statusOf.Precondition : statusOf[error.code]),
    code: error.code,
    // A bug's own words may hold anything: they stay in the log.
    detail: error.code === 'Bug' ? 'The log has the details under this trace id.' : error.message,
    problems: error.problems.map(({ field, message, hint }) => ({ field, message, hint })),
    traceId,
  }
}
