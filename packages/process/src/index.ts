export { type Child, type Ending, type RunOptions, run, start, stop } from './child.ts'
export { startDetached } from './detached.ts'
