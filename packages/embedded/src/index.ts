export { type NatsServer, startNats } from './nats.ts'
export { type Owner, ownerOf } from './owner.ts'
export { freePort } from './port.ts'
export { type PostgresServer, startPostgres } from './postgres.ts'
