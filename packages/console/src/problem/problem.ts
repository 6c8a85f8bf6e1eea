/** One thing that is wrong: the field, what is wrong about it, and the way out. */
export type Fault = { field: string; message: string; hint: string }

/** Why a call was refused, as application/problem+json says it; or `Unreachable`, when nobody answered. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: string
  readonly status: number
  readonly faults: readonly Fault[]
  readonly traceId: string
  /** Seconds after which the same call may succeed. */
  readonly retryAfter: number | undefined

  private constructor(
    message: string,
    facts: Pick<Problem, 'code' | 'status' | 'faults' | 'traceId' | 'retryAfter'>,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.code = facts.code
    this.status = facts.status
    this.faults = facts.faults
    this.traceId = facts.traceId
    this.retryAfter = facts.retryAfter
  }

  /** The problem that an answer tells. */
  static from(response: Response, body: unknown): Problem {
    const told = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
    const after = Number(response.headers.get('retry-after'))
    return new Problem(String(told.detail ?? `${response.status} ${response.statusText}`), {
      code: String(told.code ?? 'Bug'),
      status: response.status,
      faults: Array.isArray(told.problems) ? (told.problems as Fault[]) : [],
      traceId: String(told.traceId ?? ''),
      retryAfter: after > 0 ? after : undefined,
    })
  }

  /** The problem that ended a stream. */
  static told(refusal: {
    code: string
    message: string
    status: number
    problems: Fault[]
    traceId: string
  }): Problem {
    const { message, problems: faults, ...facts } = refusal
    return new Problem(message, { ...facts, faults, retryAfter: undefined })
  }

  /** Nobody answered: no network, or Slipway is down. */
  static unreachable(cause: unknown): Problem {
    const facts = { code: 'Unreachable', status: 0, faults: [], traceId: '', retryAfter: undefined }
    return new Problem(cause instanceof Error ? cause.message : String(cause), facts, { cause })
  }

  /** The problem that was thrown; anything else is a mistake of the console. */
  static of(thrown: unknown): Problem {
    if (thrown instanceof Problem) return thrown
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    const facts = { code: 'Console', status: 0, faults: [], traceId: '', retryAfter: undefined }
    return new Problem(message, facts, { cause: thrown })
  }

  /** Whether asking again may help without anybody changing anything. */
  get passes(): boolean {
    return ['Unreachable', 'Unavailable', 'Exhausted'].includes(this.code)
  }
}
