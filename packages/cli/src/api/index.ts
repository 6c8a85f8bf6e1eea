export { type Connection, callApi, followApi } from './client.ts'
