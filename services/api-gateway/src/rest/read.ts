import { type Method, schemas } from '@slipway/contracts'
import { invalid, type Problem } from '@slipway/errors'
import { fieldsOf } from '../pipeline/handle.ts'
import type { Json } from '../pipeline/wire.ts'
import { readJson } from './json.ts'

/** An HTTP request, as far as a method's request is made of it. */
export type Parts = {
  params: Record<string, string>
  query: Record<string, string | string[] | undefined>
  body: Uint8Array | undefined
  contentType: string
  ifMatch: string | undefined
  lastEventId: string | undefined
}

/** Fields that may stand in the query of a call whose others stand in its body. */
const QUERY_BESIDE_BODY = ['dryRun']

type Field = { type?: string; items?: Field; 'x-secret'?: boolean }

/** The request as JSON: the route's braces, then the query of GET and DELETE, or the body; and what stands in a wrong place. */
export function readRequest(method: Method, parts: Parts): { request: Json; problems: Problem[] } {
  const fields = (schemas[method.request] as { properties: Record<string, Field> }).properties
  const inBody = method.route?.verb !== 'get' && method.route?.verb !== 'delete'
  const request: Json = inBody ? readBody(parts, fields) : withoutBody(parts)
  const problems = [
    ...fromQuery(request, parts.query, { fields, inBody }),
    ...fromRoute(request, { method, fields, params: parts.params }),
    ...fromHeaders(request, parts, fields),
  ]
  return { request, problems }
}

function readBody({ body, contentType }: Parts, fields: Record<string, Field>): Json {
  const isCsv = contentType.startsWith('text/csv') && 'csv' in fields
  if (!body || body.length === 0) return {}
  return isCsv ? { csv: new TextDecoder().decode(body) } : readJson(body)
}

function withoutBody({ body }: Parts): Json {
  if (!body || body.length === 0) return {}
  throw invalid([
    { field: 'body', message: 'is not read by this call', hint: 'Put its fields into the query.' },
  ])
}

function fromQuery(
  request: Json,
  query: Parts['query'],
  { fields, inBody }: { fields: Record<string, Field>; inBody: boolean },
): Problem[] {
  const problems: Problem[] = []
  for (const [name, value] of Object.entries(query)) {
    const field = fields[name]
    const misplaced = inBody && !QUERY_BESIDE_BODY.includes(name)
    if (value === undefined) continue
    if (field && (field['x-secret'] || misplaced || name in request)) {
      problems.push({ field: name, message: 'does not belong into the query', hint: 'Send it in the body.' })
    } else {
      // An unknown one stays, so that the schema refuses it by name with all other problems.
      request[name] = field ? typed(value, field) : ''
    }
  }
  return problems
}

function fromRoute(
  request: Json,
  { method, fields, params }: { method: Method; fields: Record<string, Field>; params: Parts['params'] },
): Problem[] {
  return fieldsOf(method).flatMap((name) => {
    const sent = request[name]
    request[name] = typed(params[name] ?? '', fields[name] ?? {})
    if (sent === undefined || sent === request[name]) return []
    return [{ field: name, message: 'differs from the one in the path', hint: 'Leave it out of the body.' }]
  })
}

function fromHeaders(
  request: Json,
  { ifMatch, lastEventId }: Parts,
  fields: Record<string, Field>,
): Problem[] {
  if (lastEventId !== undefined && 'cursor' in fields) request.cursor = lastEventId
  if (ifMatch === undefined || ifMatch === '*' || !('version' in fields)) return []
  const [, version] = /^(?:W\/)?"(\d{1,9})"$/.exec(ifMatch) ?? []
  if (!version) {
    return [{ field: 'If-Match', message: 'is not an ETag of ours', hint: 'Send the ETag as it was read.' }]
  }
  request.version = Number(version)
  return []
}

/** Texts of a query or a route as what the schema says; what does not fit stays text, and the schema refuses it. */
function typed(value: string | string[], field: Field): Json[string] {
  if (field.type === 'array') {
    const all = Array.isArray(value) ? value : value.split(',')
    return all.map((one) => typed(one, field.items ?? {}))
  }
  if (Array.isArray(value)) return value
  if (field.type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  if ((field.type === 'integer' || field.type === 'number') && /^-?\d+(\.\d+)?$/.test(value))
    return Number(value)
  return value
}
