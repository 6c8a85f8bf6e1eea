import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { unavailable } from '@slipway/errors'
import type { Tls } from '@slipway/rpc'

/** A running HTTPS server; `host` and `port` as bound. */
export type HttpsServer = { host: string; port: number; stop: () => Promise<void> }

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>

// A pull or push may take hours on a slow link: only silence ends it.
const SILENCE_MS = 120_000
const KEEP_ALIVE_MS = 65_000
const HEADERS_MS = 30_000
const DRAIN_MS = 3_000

/** Serves HTTPS on `listen` (host:port). `handle` never rejects. */
export async function serveHttps(options: {
  listen: string
  tls: Tls
  handle: Handle
}): Promise<HttpsServer> {
  const { listen, tls, handle } = options
  const server = createServer({
    cert: tls.cert,
    key: tls.key,
    requestTimeout: 0,
    headersTimeout: HEADERS_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  })
  server.setTimeout(SILENCE_MS)
  const answer = (request: IncomingMessage, response: ServerResponse) => void handle(request, response)
  server.on('request', answer)
  // Without this listener Node asks for the body before anybody has looked at the token.
  server.on('checkContinue', answer)
  const [host, port] = splitAddress(listen)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: Error) => reject(cannotListen(listen, cause)))
    server.listen(port, host, resolve)
  })
  const renewed = tls.onRenewed(() => server.setSecureContext({ cert: tls.cert, key: tls.key }))
  server.once('close', renewed)
  const bound = server.address()
  return {
    host,
    port: typeof bound === 'object' && bound ? bound.port : port,
    stop: () => shutdown(server),
  }
}

function splitAddress(listen: string): [string, number] {
  const colon = listen.lastIndexOf(':')
  return [listen.slice(0, colon).replace(/^\[|\]$/g, ''), Number(listen.slice(colon + 1))]
}

function cannotListen(listen: string, cause: Error) {
  return unavailable(
    'SLIPWAY_REPO_LISTEN',
    `${listen} can't be listened on: ${cause.message}`,
    'Choose an address of this machine and a free port.',
    cause,
  )
}

/** Lets answers end for a moment, then cuts what still streams. */
function shutdown(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}
