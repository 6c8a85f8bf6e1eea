import pino from 'pino'
import { currentTraceId } from './context.ts'

/** A structured log: messages are static sentences, facts are fields. */
export type Log = pino.Logger

/**
 * Makes a service's log; JSON lines on standard error, with the trace that they belong to. Fields that could hold a secret
 * are cut, wherever they stand.
 */
export function createLog(service: string, level = 'info'): Log {
  return pino(
    {
      base: { service },
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: () => {
        const traceId = currentTraceId()
        return traceId ? { traceId } : {}
      },
      redact: {
        paths: ['authorization', 'password', 'privateKey', 'passphrase', 'token', 'secret'].flatMap(
          (name) => [name, `*.${name}`],
        ),
        censor: '[secret]',
      },
    },
    pino.destination(2),
  )
}
