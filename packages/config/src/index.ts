export { readConfig } from './read.ts'
export { slipwayVersion } from './version.ts'
