import { type Code, invalid, notFound, type SlipwayError, toSlipwayError } from '@slipway/errors'
import { type Answer, json } from './exchange.ts'

/** The only place that knows which of our codes is which of HTTP's. */
const statusOf = {
  NotFound: 404,
  Invalid: 400,
  Conflict: 409,
  Denied: 403,
  Unauthenticated: 401,
  Precondition: 412,
  Unavailable: 503,
  Exhausted: 507,
  Bug: 500,
} satisfies Record<Code, number>

/** The distribution protocol's codes, by our code and the field that a problem is about. */
const ociCodes: Partial<Record<Code, Record<string, string>>> = {
  NotFound: {
    blob: 'BLOB_UNKNOWN',
    manifest: 'MANIFEST_UNKNOWN',
    repository: 'NAME_UNKNOWN',
    upload: 'BLOB_UPLOAD_UNKNOWN',
  },
  Invalid: {
    digest: 'DIGEST_INVALID',
    name: 'NAME_INVALID',
    tag: 'TAG_INVALID',
    manifest: 'MANIFEST_INVALID',
    'manifest blob': 'MANIFEST_BLOB_UNKNOWN',
    size: 'SIZE_INVALID',
  },
  Denied: { principal: 'DENIED' },
  Unauthenticated: { authorization: 'UNAUTHORIZED' },
}

const fallback: Partial<Record<Code, string>> = {
  Bug: 'UNKNOWN',
  Unavailable: 'UNAVAILABLE',
  Exhausted: 'UNAVAILABLE',
}

/** A refusal as the protocol of its path says it: OCI errors below /v2/, problem+json elsewhere. */
export function refusal(thrown: unknown, { path, realm }: { path: string; realm: string }): Answer {
  const error = toSlipwayError(thrown)
  const status = statusOf[error.code]
  const challenge = status === 401 ? { 'www-authenticate': `Basic realm="${realm}"` } : undefined
  const isOci = /^\/v2(\/|$)/.test(path)
  const content = isOci ? ociContent(error) : problemContent(error, status)
  const type = isOci ? 'application/json' : 'application/problem+json'
  return { status, headers: { 'content-type': type, ...challenge }, content }
}

/** A path that is known, but not by this method; or a path that nothing answers. */
export function wrongMethod(path: string, method: string, allowed: readonly string[]): Answer {
  if (allowed.length === 0) return refusal(notFound('path', path), { path, realm: '' })
  const error = invalid([
    { field: 'method', message: `${method} is not offered here`, hint: `Use ${allowed.join(', ')}.` },
  ])
  const answer = refusal(error, { path, realm: '' })
  return { ...answer, status: 405, headers: { ...answer.headers, allow: allowed.join(', ') } }
}

function ociContent(error: SlipwayError) {
  const problems =
    error.problems.length > 0 ? error.problems : [{ field: '', message: words(error), hint: '' }]
  return json({
    errors: problems.map(({ field, message, hint }) => ({
      code: ociCodes[error.code]?.[field] ?? fallback[error.code] ?? 'UNSUPPORTED',
      message: hint ? `${message.replace(/\.$/, '')}. ${hint}` : message,
      detail: { field, hint },
    })),
  })
}

function problemContent(error: SlipwayError, status: number) {
  return json({ title: error.code, status, detail: words(error), problems: error.problems })
}

/** A bug's own words may hold anything: they stay in the log. */
function words(error: SlipwayError): string {
  return error.code === 'Bug' ? 'Something went wrong inside Slipway.' : error.message
}
