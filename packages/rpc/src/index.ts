export { type CallOptions, type Client, connect } from './client.ts'
export { fromServiceError, toServiceError } from './error.ts'
export { type Principal, readPrincipal, writePrincipal } from './principal.ts'
export { type Call, type Handlers, implement, type RpcServer, serve, type Tls } from './server.ts'
