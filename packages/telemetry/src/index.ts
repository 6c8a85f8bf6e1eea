export { createLog, type Log } from './log.ts'
export { currentTraceparent, injectTrace, inSpan, inSpanFrom, startTracing } from './trace.ts'
