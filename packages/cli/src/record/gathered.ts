import type { Attempt, Event, Head, Operation, Part, Run } from '@slipway/record'

/** What a record says before its output. */
export type Account = {
  head?: Head
  operation?: Operation
  spec?: { before: unknown; after: unknown }
  attempts: Attempt[]
  events: Event[]
  runs: Run[]
  missing: string[]
}

/** An account before anything was read. */
export function emptyAccount(): Account {
  return { attempts: [], events: [], runs: [], missing: [] }
}

/** Puts a part where it belongs; the plan, output and what is not known are passed over. */
export function noteInto(account: Account, part: Part): void {
  if ('record' in part) account.head = part.record
  else if ('operation' in part) account.operation = part.operation
  else if ('spec' in part) account.spec = part.spec
  else if ('attempt' in part) account.attempts.push(part.attempt)
  else if ('event' in part) account.events.push(part.event)
  else if ('run' in part) account.runs.push(part.run)
  else if ('missing' in part) account.missing = part.missing
}
