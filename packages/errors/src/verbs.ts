import { type Problem, SlipwayError } from './error.ts'

/** Nothing with that name is there, or the asker may not know of it. */
export function notFound(noun: string, id: string): SlipwayError {
  return new SlipwayError('NotFound', `There is no ${noun} ${id}.`, [
    { field: noun, message: `${id} was not found`, hint: `List what exists, then use an id from that list.` },
  ])
}

/** What was sent is wrong; all problems together. */
export function invalid(problems: readonly Problem[]): SlipwayError {
  const [first] = problems
  const rest = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  return new SlipwayError('Invalid', first ? `${first.field}: ${first.message}${rest}` : 'Invalid.', problems)
}

/** It clashes with what is there. */
export function conflict(field: string, message: string, hint: string): SlipwayError {
  return new SlipwayError('Conflict', message, [{ field, message, hint }])
}

/** Known, but not allowed. */
export function denied(message: string, hint: string): SlipwayError {
  return new SlipwayError('Denied', message, [{ field: 'principal', message, hint }])
}

/** Not known. */
export function unauthenticated(message: string, hint: string): SlipwayError {
  return new SlipwayError('Unauthenticated', message, [{ field: 'authorization', message, hint }])
}

/** The world is not in the state that the call needs. */
export function precondition(problems: readonly Problem[]): SlipwayError {
  const message = problems.map((problem) => `${problem.field}: ${problem.message}`).join('; ')
  return new SlipwayError('Precondition', message, problems)
}

/** Something we depend on does not answer; the same call may succeed later. */
export function unavailable(field: string, message: string, hint: string, cause?: unknown): SlipwayError {
  return new SlipwayError('Unavailable', message, [{ field, message, hint }], { cause })
}

/** A limit is reached; it may be no more after as many seconds, where that is known. */
export function exhausted(field: string, message: string, hint: string, retryAfter?: number): SlipwayError {
  return new SlipwayError('Exhausted', message, [{ field, message, hint }], { retryAfter })
}

/** Our mistake. */
export function bug(message: string, cause?: unknown): SlipwayError {
  return new SlipwayError('Bug', message, [], { cause })
}
