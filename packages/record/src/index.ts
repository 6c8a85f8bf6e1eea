export type { Attempt, Event, Failure, Head, Line, Operation, Part, Run } from './part.ts'
export { openRecord, type Signature } from './read.ts'
export { keyIdOf } from './signature.ts'
export { writeRecord } from './write.ts'
