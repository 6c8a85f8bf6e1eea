export { currentTraceId, currentTraceparent, injectTrace, withTrace } from './context.ts'
export { createLog, type Log } from './log.ts'
export { addFacts, beginSpan, type Facts, inSpan, markFailed, type Span, type SpanOf } from './span.ts'
export { startTracing } from './start.ts'
