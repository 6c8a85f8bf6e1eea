import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import helmet from '@fastify/helmet'
import { type Method, methods } from '@slipway/contracts'
import type { ExportOperationResponse } from '@slipway/contracts/operation/v1/operation_service'
import { toSlipwayError } from '@slipway/errors'
import type { Tls } from '@slipway/rpc'
import { addFacts, currentTraceId, inSpan, type Log, markFailed, type SpanOf } from '@slipway/telemetry'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Incoming, Pipeline } from '../pipeline/pipeline.ts'
import { unlessStalled } from '../pipeline/stalled.ts'
import { responseToJson } from '../pipeline/wire.ts'
import { answerOf, BASE } from './answer.ts'
import { serveConsole } from './console.ts'
import { openApiDocument } from './openapi.ts'
import { problemOf } from './problem.ts'
import { type Parts, readRequest } from './read.ts'
import { isForeign, noSessionCookie, saysForeign, sessionOf } from './session-cookie.ts'
import { serverSentEvents } from './sse.ts'
import { BODY_LIMIT, drain, noRoute, unreadable, unreadOf } from './unread.ts'

/** The routes that are not methods of the table, and why: probes come without a token, and the document is public. */
export const outsidePipeline = ['/healthz', '/readyz', `${BASE}/openapi.json`]

/** Builds the REST door: one route for each method of the table that has one. */
export async function createRest(parts: {
  pipeline: Pipeline
  tls: Tls
  ready: () => Promise<void>
  log: Log
  ending: AbortSignal
  /** A reader of a stream who takes nothing for so long is cut off. */
  stalledMs: number
  /** Folder of the built console, where it is served. */
  consoleDir?: string | undefined
  /** Told of every route: a test looks for one that goes round the pipeline. */
  onRoute?: (route: { method: string | string[]; url: string }) => void
}): Promise<FastifyInstance> {
  const { pipeline, tls, ready, log, ending, stalledMs, consoleDir, onRoute } = parts
  const secure = fastify({
    https: { key: tls.key, cert: tls.cert },
    bodyLimit: BODY_LIMIT,
    logger: false,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    // Longer ids than ours reach the schema, which refuses them by name.
    routerOptions: { maxParamLength: 1024 },
    // A path that can't be decoded comes to no route and no handler of errors.
    frameworkErrors: (error, request, reply) => void turnAway(error, request as never, reply as never),
  })
  const app = secure as unknown as FastifyInstance
  const renewed = tls.onRenewed(() => secure.server.setSecureContext({ cert: tls.cert, key: tls.key }))
  app.addHook('onClose', async () => renewed())
  if (onRoute) app.addHook('onRoute', onRoute)
  await app.register(helmet, { xFrameOptions: { action: 'deny' } })
  const answeredByConsole = await serveConsole(app, consoleDir)
  app.removeAllContentTypeParsers()
  // The pipeline reads bodies, after it knows who asks.
  app.addContentTypeParser(['application/json', 'text/csv'], { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )
  app.setErrorHandler(turnAway)
  app.setNotFoundHandler(async (request, reply) => {
    if (await answeredByConsole(request, reply)) return reply
    return turnAway(noRoute(request), request, reply)
  })

  const document = JSON.stringify(openApiDocument())
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async () => {
    await ready()
    return { status: 'ok' }
  })
  app.get(`${BASE}/openapi.json`, (_request, reply) => reply.type('application/json').send(document))
  for (const method of Object.values(methods)) {
    if (!method.access || !method.route) continue
    app.route({
      method: method.route.verb.toUpperCase(),
      config: { path: method.path } as object,
      url: `${BASE}${method.route.path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      handler: (request, reply) =>
        inSpan(spanOf(method, request), async () => {
          const answered = await answer(method, request, reply).catch((thrown) =>
            refuse(request, reply, thrown),
          )
          addFacts({ 'http.response.status_code': reply.statusCode })
          if (reply.statusCode >= 500) markFailed()
          return answered
        }),
    })
  }
  return app

  async function answer(method: Method, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const gone = new AbortController()
    const incoming = incomingOf(method, request, AbortSignal.any([gone.signal, ending]))
    if (method.streaming) {
      const batches = await pipeline.open(incoming)
      const { headers, body } = streamOf(method, batches as never, request)
      const cut = () => {
        log.info({ method: method.path, source: request.ip }, 'a reader who took nothing is cut off')
        reply.raw.destroy()
      }
      const stream = Readable.from(unlessStalled(body, stalledMs, cut), { highWaterMark: 1 })
      reply.raw.once('close', () => {
        gone.abort()
        stream.destroy()
      })
      return reply.headers({ 'cache-control': 'no-store', ...headers }).send(stream)
    }
    const answered = await pipeline.call(incoming)
    const said = answerOf(method, answered.request, responseToJson(method, answered.response))
    return reply
      .code(said.status)
      .headers({ 'cache-control': 'no-store', ...said.headers })
      .send(said.body)
  }

  /** Refuses what did not become a call; the pipeline recorded all others. */
  async function turnAway(
    thrown: unknown,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const { error, status } = unreadable(thrown) ?? { error: toSlipwayError(thrown), status: undefined }
    // Probes that fail are no refusals.
    if (status === undefined && error.code !== 'NotFound') return refuse(request, reply, error)
    const told = await pipeline.turnAway(
      { ...unreadOf(request), bearer: credentialOf(request).bearer },
      error,
    )
    if (status === 413) await drain(request)
    return refuse(request, reply, told, told === error ? status : undefined)
  }

  async function refuse(
    request: FastifyRequest,
    reply: FastifyReply,
    thrown: unknown,
    status?: number,
  ): Promise<FastifyReply> {
    const problem = problemOf(toSlipwayError(thrown), {
      traceId: traceOf(request),
      ...(status ? { status } : {}),
      ifMatch: request.headers['if-match'] !== undefined,
    })
    if (problem.status === 500) log.error({ traceId: problem.traceId }, 'a call was answered with 500')
    if (problem.status === 401) {
      reply.header('www-authenticate', 'Bearer')
      if (sessionOf(request)) reply.header('set-cookie', noSessionCookie)
    }
    if (problem.status === 429 || problem.status === 503) {
      reply.header('retry-after', String(toSlipwayError(thrown).retryAfter ?? 1))
    }
    return reply
      .code(problem.status)
      .header('content-type', 'application/problem+json')
      .header('cache-control', 'no-store')
      .send(JSON.stringify(problem))
  }
}

/** How a stream is told: as events, or as a file to be kept, which is cut off when it goes wrong. */
function streamOf(
  method: Method,
  batches: AsyncIterable<readonly never[]>,
  request: FastifyRequest,
): { headers: Record<string, string>; body: AsyncIterable<string | Uint8Array> } {
  const contentType = method.route?.contentType ?? ''
  if (contentType === 'text/event-stream') {
    const headers = { 'content-type': contentType, 'x-accel-buffering': 'no' }
    return { headers, body: serverSentEvents(method, batches, traceOf(request)) }
  }
  const { id } = request.params as { id?: string }
  const name =
    id === undefined ? `slipway-${method.access?.noun}.tar.gz` : `${encodeURIComponent(id)}.record.gz`
  const disposition = `attachment; filename="${name}"`
  const headers = { 'content-type': contentType, 'content-disposition': disposition }
  return { headers, body: piecesOf(batches) }
}

async function* piecesOf(
  batches: AsyncIterable<readonly ExportOperationResponse[]>,
): AsyncGenerator<Uint8Array> {
  for await (const batch of batches) for (const { data } of batch) yield data
}

function incomingOf(method: Method, request: FastifyRequest, signal: AbortSignal): Incoming {
  const { headers } = request
  const parts: Parts = {
    params: request.params as Parts['params'],
    query: request.query as Parts['query'],
    body: request.body as Parts['body'],
    contentType: headers['content-type'] ?? '',
    ifMatch: headers['if-match'],
    lastEventId: one(headers['last-event-id']),
  }
  return {
    method,
    door: 'rest',
    source: request.ip,
    agent: headers['user-agent'] ?? '',
    ...credentialOf(request),
    ...(method.route?.opensSession ? { foreign: saysForeign(request) } : {}),
    idempotencyKey: one(headers['idempotency-key']),
    named: parts.params,
    read: () => readRequest(method, parts),
    signal,
  }
}

/** What a request is made with: a token, else the session of a browser. */
function credentialOf(request: FastifyRequest): { bearer: string | undefined; foreign: boolean } {
  const { authorization } = request.headers
  const session = authorization === undefined ? sessionOf(request) : undefined
  if (session) return { bearer: session, foreign: isForeign(request) }
  return { bearer: /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1], foreign: false }
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}

/** The trace of a request: the current one, or the caller's or a new number where there is none. */
function traceOf({ headers }: FastifyRequest): string {
  const [, callers] = /^[\da-f]{2}-([\da-f]{32})-/.exec(one(headers.traceparent) ?? '') ?? []
  return currentTraceId() ?? callers ?? randomBytes(16).toString('hex')
}

function spanOf({ route }: Method, { method, headers, params }: FastifyRequest): SpanOf {
  const path = `${BASE}${route?.path}`
  const { project } = params as { project?: string }
  return {
    service: 'api-gateway',
    kind: 'server',
    name: `${method} ${path}`,
    facts: {
      'http.request.method': method,
      'http.route': path,
      ...(project ? { 'slipway.project': project } : {}),
    },
    from: { get: (key: string) => [headers[key]], set: () => {} },
  }
}
