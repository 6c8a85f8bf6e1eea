export { type AskedRun, askedRuns } from './asked-runs.ts'
export { type Collector, type SentSpan, startCollector } from './collector.ts'
export { connectDatabase } from './database.ts'
export { type Platform, startPlatform } from './platform.ts'
