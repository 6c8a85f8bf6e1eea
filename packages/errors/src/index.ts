export { type Code, codes, isSlipwayError, type Problem, SlipwayError, toSlipwayError } from './error.ts'
export {
  bug,
  conflict,
  denied,
  exhausted,
  invalid,
  notFound,
  precondition,
  unauthenticated,
  unavailable,
} from './verbs.ts'
