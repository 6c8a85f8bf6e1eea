import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import helmet from '@fastify/helmet'
import { type Method, methods } from '@slipway/contracts'
import { invalid, SlipwayError, toSlipwayError } from '@slipway/errors'
import type { Tls } from '@slipway/rpc'
import { currentTraceparent, inSpan, type Log } from '@slipway/telemetry'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Incoming, Pipeline } from '../pipeline/pipeline.ts'
import { responseToJson } from '../pipeline/wire.ts'
import { answerOf, BASE } from './answer.ts'
import { openApiDocument } from './openapi.ts'
import { problemOf } from './problem.ts'
import { type Parts, readRequest } from './read.ts'
import { serverSentEvents } from './sse.ts'

const BODY_LIMIT = 1024 * 1024
/** What is read and thrown away of a body that is too large, so that its sender hears the answer. */
const DRAIN_LIMIT = 32 * BODY_LIMIT

/** The routes that are not methods of the table, and why: probes come without a token, and the document is public. */
export const outsidePipeline = ['/healthz', '/readyz', `${BASE}/openapi.json`]

/** Builds the REST door: one route for each method of the table that has one. */
export async function createRest(parts: {
  pipeline: Pipeline
  tls: Tls
  ready: () => Promise<void>
  log: Log
  ending: AbortSignal
  /** Told of every route: a test looks for one that goes round the pipeline. */
  onRoute?: (route: { method: string | string[]; url: string }) => void
}): Promise<FastifyInstance> {
  const { pipeline, tls, ready, log, ending, onRoute } = parts
  const app = fastify({
    https: { key: tls.key, cert: tls.cert },
    bodyLimit: BODY_LIMIT,
    logger: false,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    // Longer ids than ours reach the schema, which refuses them by name.
    routerOptions: { maxParamLength: 1024 },
  }) as unknown as FastifyInstance
  if (onRoute) app.addHook('onRoute', onRoute)
  await app.register(helmet)
  app.removeAllContentTypeParsers()
  // The pipeline reads bodies, after it knows who asks.
  app.addContentTypeParser(['application/json', 'text/csv'], { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )
  app.setErrorHandler((error, request, reply) => refuse(request, reply, error))
  app.setNotFoundHandler((request, reply) => refuse(request, reply, noRoute(request)))

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
      url: `${BASE}${method.route.path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      handler: (request, reply) =>
        inSpan(method.path, carrierOf(request), () => answer(method, request, reply)),
    })
  }
  return app

  async function answer(method: Method, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const gone = new AbortController()
    const incoming = incomingOf(method, request, AbortSignal.any([gone.signal, ending]))
    if (method.streaming) {
      const batches = await pipeline.open(incoming)
      const events = Readable.from(serverSentEvents(batches as never, traceOf(request)), { highWaterMark: 4 })
      reply.raw.once('close', () => {
        gone.abort()
        events.destroy()
      })
      reply.header('content-type', 'text/event-stream').header('cache-control', 'no-store')
      return reply.header('x-accel-buffering', 'no').send(events)
    }
    const answered = await pipeline.call(incoming)
    const said = answerOf(method, answered.request, responseToJson(method, answered.response))
    return reply
      .code(said.status)
      .headers({ 'cache-control': 'no-store', ...said.headers })
      .send(said.body)
  }

  async function refuse(
    request: FastifyRequest,
    reply: FastifyReply,
    thrown: unknown,
  ): Promise<FastifyReply> {
    const { error, status } = meant(thrown)
    const problem = problemOf(error, {
      traceId: traceOf(request),
      ...(status ? { status } : {}),
      ifMatch: request.headers['if-match'] !== undefined,
    })
    if (problem.status === 500) log.error({ traceId: problem.traceId }, 'a call was answered with 500')
    if (problem.status === 413) await drain(request)
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
    if (problem.status === 429 || problem.status === 503) reply.header('retry-after', '1')
    return reply
      .code(problem.status)
      .header('content-type', 'application/problem+json')
      .header('cache-control', 'no-store')
      .send(JSON.stringify(problem))
  }
}

function incomingOf(method: Method, request: FastifyRequest, signal: AbortSignal): Incoming {
  const { headers } = request
  const [, bearer] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? []
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
    bearer,
    idempotencyKey: one(headers['idempotency-key']),
    read: () => readRequest(method, parts),
    signal,
  }
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}

/** Our error behind what was thrown; Fastify's own have a status of theirs. */
function meant(thrown: unknown): { error: SlipwayError; status?: number } {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const hint = 'Send less, or in several calls.'
    return { error: wrong('body', `is larger than ${BODY_LIMIT} bytes`, hint), status: 413 }
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return { error: wrong('Content-Type', 'is not application/json', 'Send JSON.'), status: 415 }
  }
  if (typeof code === 'string' && code.startsWith('FST_ERR_')) {
    return { error: wrong('request', 'can’t be read', 'Send it as the API document describes it.') }
  }
  return { error: toSlipwayError(thrown) }
}

function noRoute({ method, url }: FastifyRequest): SlipwayError {
  const [path] = url.split('?')
  return new SlipwayError('NotFound', `There is no ${method} ${path?.slice(0, 256)}.`, [
    { field: 'route', message: 'is not known', hint: `${BASE}/openapi.json lists all that are.` },
  ])
}

function wrong(field: string, message: string, hint: string): SlipwayError {
  return invalid([{ field, message, hint }])
}

/** Lets the sender finish: whoever still writes does not read, and would see a reset instead of the answer. */
function drain({ raw }: FastifyRequest): Promise<void> {
  if (raw.complete || raw.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    let seen = 0
    raw.on('data', (chunk: Buffer) => {
      seen += chunk.length
      if (seen > DRAIN_LIMIT) resolve()
    })
    raw.once('end', resolve).once('close', resolve)
    raw.resume()
  })
}

const traces = new WeakMap<FastifyRequest, string>()

/** The trace of a request: the current one, or a number of its own where tracing is off. */
function traceOf(request: FastifyRequest): string {
  const [, trace] = (currentTraceparent() ?? one(request.headers.traceparent) ?? '').split('-')
  const known = traces.get(request) ?? (trace || randomBytes(16).toString('hex'))
  traces.set(request, known)
  return known
}

function carrierOf({ headers }: FastifyRequest) {
  return { get: (key: string) => [headers[key]], set: () => {} }
}
