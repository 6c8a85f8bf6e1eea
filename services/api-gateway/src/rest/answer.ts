import { type Method, methods } from '@slipway/contracts'
import { fieldsOf } from '../pipeline/handle.ts'
import type { Json } from '../pipeline/wire.ts'
import { sessionCookie } from './session-cookie.ts'

/** Below it stands what programs call, beside it the console. */
export const ROOT = '/api'
/** Where everything stands. */
export const BASE = `${ROOT}/v1`

/** An HTTP answer to a call that did what was asked. */
export type RestAnswer = { status: number; headers: Record<string, string>; body: string }

/** Status, headers and body of an answered call. */
export function answerOf(method: Method, request: Json, response: Json): RestAnswer {
  const { status: usual = 200, contentType = 'application/json' } = method.route ?? {}
  const status = request.dryRun ? 200 : usual
  if (status === 204) return { status, headers: {}, body: '' }
  if (contentType !== 'application/json') {
    const [text = ''] = Object.values(response).filter((value) => typeof value === 'string')
    return { status, headers: { 'content-type': `${contentType}; charset=utf-8` }, body: text }
  }
  const location = status === 201 || status === 202 ? locationOf(method, request, response) : undefined
  const { version } = response
  const opened = method.route?.opensSession ? openedBy(response) : undefined
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(opened ? { 'set-cookie': opened } : {}),
      ...(typeof version === 'number' && version > 0 ? { etag: `"${version}"` } : {}),
      ...(location ? { location } : {}),
    },
    body: JSON.stringify(opened ? { ...response, secret: '' } : response),
  }
}

/** The cookie of a session that was opened: its secret is for no script to read. */
function openedBy({ secret, session }: Json): string {
  const { expiresAt } = session as { expiresAt: string }
  return sessionCookie(String(secret), expiresAt)
}

/** Where what was made, or the operation that makes it, can be read. */
function locationOf(method: Method, request: Json, response: Json): string | undefined {
  const { operation } = response
  if (typeof operation === 'object' && operation && !Array.isArray(operation)) {
    return pathOf('slipway.operation.v1.Operation', request, operation)
  }
  return pathOf(method.response, request, response)
}

/** The URL of an object by the route of the method that reads it. */
function pathOf(message: string, request: Json, object: Json): string | undefined {
  const reader = Object.values(methods).find(
    ({ name, response, route }) => name.startsWith('Get') && response === message && route?.verb === 'get',
  )
  const fields = reader ? fieldsOf(reader) : []
  const own = fields.at(-1)
  if (!reader?.route || !own) return undefined
  const filled = reader.route.path.replaceAll(/\{(\w+)\}/g, (_, field: string) =>
    encodeURIComponent(String((field === own ? object.id : request[field]) ?? '')),
  )
  return filled.includes('//') || filled.endsWith('/') ? undefined : `${BASE}${filled}`
}
