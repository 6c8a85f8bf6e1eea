/** Every way a call can fail. Domain code throws these; only the edges know gRPC and HTTP. */
export const codes = [
  'NotFound',
  'Invalid',
  'Conflict',
  'Denied',
  'Unauthenticated',
  'Precondition',
  'Unavailable',
  'Exhausted',
  'Bug',
] as const
export type Code = (typeof codes)[number]

/** One thing that is wrong: where it is, what it is and the way out. */
export type Problem = {
  /** The field (`spec.network.podCidr`) or object (`host web-1`) that it is about. */
  field: string
  message: string
  hint: string
  /** Other fields that it rests on, `[]` for any of a list: it may not hold where one of them is wrong. */
  restsOn?: readonly string[]
}

/** An error with a meaning: a code from the closed set and every problem found, never only the first. */
export class SlipwayError extends Error {
  override readonly name = 'SlipwayError'
  readonly code: Code
  readonly problems: readonly Problem[]
  /** Seconds after which the same call may succeed, where that is known. */
  readonly retryAfter: number | undefined

  constructor(
    code: Code,
    message: string,
    problems: readonly Problem[] = [],
    options?: ErrorOptions & { retryAfter?: number },
  ) {
    super(message, options)
    this.code = code
    this.problems = problems
    this.retryAfter = options?.retryAfter
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  get retryable(): boolean {
    return this.code === 'Unavailable' || this.code === 'Exhausted'
  }
}

/** Narrows an unknown to our error. */
export function isSlipwayError(error: unknown): error is SlipwayError {
  return error instanceof SlipwayError
}

/** The one door from `unknown`: ours, also as the cause of what a library made of it; anything else is a bug, and keeps its cause. */
export function toSlipwayError(error: unknown): SlipwayError {
  if (isSlipwayError(error)) return error
  if (error instanceof Error && isSlipwayError(error.cause)) return error.cause
  const message = error instanceof Error ? error.message : String(error)
  return new SlipwayError('Bug', message, [], { cause: error })
}
