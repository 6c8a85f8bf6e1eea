export { migrate } from './migrate.ts'
export { openDatabase } from './open.ts'
export { provision, type ServiceRole } from './provision.ts'
export { checkRoom } from './room.ts'
