import { methods } from '@slipway/contracts'
import { invalid, SlipwayError } from '@slipway/errors'
import type { FastifyRequest } from 'fastify'
import type { Unread } from '../pipeline/pipeline.ts'
import type { Json } from '../pipeline/wire.ts'
import { BASE } from './answer.ts'

/** The largest body that is read. */
export const BODY_LIMIT = 1024 * 1024
/** What is read and thrown away of a body that is too large, so that its sender hears the answer. */
const DRAIN_LIMIT = 32 * BODY_LIMIT

/** What Fastify refused before a call was one: our error for it, with a status of its own. */
export function unreadable(thrown: unknown): { error: SlipwayError; status: number } | undefined {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const hint = 'Send less, or in several calls.'
    return { error: wrong('body', `is larger than ${BODY_LIMIT} bytes`, hint), status: 413 }
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return { error: wrong('Content-Type', 'is not application/json', 'Send JSON.'), status: 415 }
  }
  if (!code.startsWith('FST_ERR_')) return undefined
  return {
    error: wrong('request', 'can’t be read', 'Send it as the API document describes it.'),
    status: 400,
  }
}

/** The refusal of a route that is not there. */
export function noRoute(request: FastifyRequest): SlipwayError {
  return new SlipwayError('NotFound', `There is no ${asked(request)}.`, [
    { field: 'route', message: 'is not known', hint: `${BASE}/openapi.json lists all that are.` },
  ])
}

/** What is known of a request that did not become a call. */
export function unreadOf(request: FastifyRequest): Omit<Unread, 'bearer'> {
  const { path } = request.routeOptions.config as { path?: string }
  const method = path === undefined ? undefined : Object.values(methods).find((one) => one.path === path)
  return {
    door: 'rest',
    source: request.ip,
    what: method?.path.slice(1) ?? asked(request),
    ...(method ? { method, request: request.params as Json } : {}),
  }
}

/** Lets the sender finish: whoever still writes does not read, and would see a reset instead of the answer. */
export function drain({ raw }: FastifyRequest): Promise<void> {
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

/** `GET /api/v1/nothing`, without its query. */
function asked({ method, url }: FastifyRequest): string {
  return `${method} ${url.split('?')[0]?.slice(0, 200)}`
}

function wrong(field: string, message: string, hint: string): SlipwayError {
  return invalid([{ field, message, hint }])
}
