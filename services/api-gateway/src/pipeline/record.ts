import { exhausted, type SlipwayError, toSlipwayError } from '@slipway/errors'
import type { Log } from '@slipway/telemetry'
import { refused, type Seen, succeeded } from './audit.ts'
import type { Ledger } from './ledger.ts'
import { isRefusedByLimit, type Limits } from './limit.ts'
import type { Json } from './wire.ts'

/** Writes the audit's rows; what was done is answered also where its row has to wait. */
export type Recorder = {
  /** Throws where a change would not be recorded. */
  settle: () => Promise<void>
  succeeded: (seen: Seen, answer: Json) => Promise<void>
  /** Records a refusal and answers it as it is to be told. */
  refused: (thrown: unknown, seen: Seen) => Promise<SlipwayError>
}

/**
 * Every unsafe call and every refusal is recorded, within bounds where nobody can be held to account: of refusals of
 * strangers, and of calls beyond a limit, some are only counted, and the next row says how many those were.
 */
export function createRecorder(parts: {
  ledger: Ledger
  limits: Limits
  log: Log
  now: () => Date
}): Recorder {
  const { ledger, limits, log, now } = parts
  let leftOut = 0

  return {
    settle: ledger.settle,
    succeeded: (seen, answer) => ledger.add(succeeded(seen, answer, now())),
    refused: async (thrown, seen) => {
      const error = toSlipwayError(thrown)
      if (error.code === 'Bug') {
        log.error({ err: error.cause ?? error, method: seen.what }, 'a call failed by our mistake')
      }
      const verdict = verdictOn(error, seen, limits)
      if (verdict !== 'record') {
        leftOut++
        return verdict === 'turn away' ? tooManyRefusals() : error
      }
      const entry = refused(seen, error, now())
      const message = leftOut > 0 ? `${entry.message} (${leftOut} more were not recorded)` : entry.message
      leftOut = 0
      await ledger.add({ ...entry, message })
      return error
    },
  }
}

/** What becomes of one more refusal. */
function verdictOn(
  error: SlipwayError,
  { asker, source }: Seen,
  limits: Limits,
): 'record' | 'count' | 'turn away' {
  if (isRefusedByLimit(error)) return limits.recorded(source) ? 'record' : 'count'
  if (asker) return 'record'
  const verdict = limits.stranger(source)
  // What is our own trouble is told as it is, however often.
  const isOurs = error.code === 'Bug' || error.code === 'Unavailable'
  return verdict === 'turn away' && isOurs ? 'count' : verdict
}

function tooManyRefusals() {
  return exhausted(
    'authorization',
    'Too many calls without a valid token were refused to this address.',
    'Wait a minute, and send a valid API token.',
  )
}
