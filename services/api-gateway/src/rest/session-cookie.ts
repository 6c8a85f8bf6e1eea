import type { FastifyRequest } from 'fastify'

// The prefix has browsers refuse it unless it is Secure, for this host alone and for all its paths.
const NAME = '__Host-slipway'
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Strict'
const FORM = new RegExp(`(?:^|; *)${NAME}=([^;]+)`)

/** The cookie that holds a session's secret until it ends. */
export function sessionCookie(secret: string, expiresAt: string): string {
  return `${NAME}=${secret}; ${ATTRIBUTES}; Expires=${new Date(expiresAt).toUTCString()}`
}

/** Has the browser forget the session. */
export const noSessionCookie = `${NAME}=; ${ATTRIBUTES}; Max-Age=0`

/** The secret of the session that a browser sends along. */
export function sessionOf({ headers }: FastifyRequest): string | undefined {
  return FORM.exec(headers.cookie ?? '')?.[1]
}

/**
 * Whether a browser sends this on behalf of another site, or an unsafe call does not say that it comes from ours: cookies go
 * along with what other sites send. Sec-Fetch-Site is sent by every browser over https, Origin by older ones.
 */
export function isForeign({ method, headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site']
  // What somebody typed or bookmarked is `none`: an address, never an unsafe call.
  const isSafe = method === 'GET' || method === 'HEAD'
  if (site !== undefined) return site !== 'same-origin' && !(isSafe && site === 'none')
  if (headers.origin !== undefined) return headers.origin !== `https://${headers.host}`
  return !isSafe
}

/** Whether a browser says that another site sent this; programs say nothing of the kind. */
export function saysForeign(request: FastifyRequest): boolean {
  const { headers } = request
  return (headers['sec-fetch-site'] ?? headers.origin) !== undefined && isForeign(request)
}
