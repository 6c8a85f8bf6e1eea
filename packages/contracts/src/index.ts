export { operationHasEnded, runHasEnded } from './ended.ts'
export { image } from './gen/image.ts'
export { schemas } from './gen/schemas.ts'
export { type Access, type Method, methodAt, methods, type Route } from './method.ts'
