export { held, readiness } from './readiness.ts'
export { certificateOf, lookAtSelf, selfService } from './self.ts'
