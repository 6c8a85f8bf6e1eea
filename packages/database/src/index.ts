export { migrate } from './migrate.ts'
export { openDatabase } from './open.ts'
export { provision, type ServiceRole } from './provision.ts'
