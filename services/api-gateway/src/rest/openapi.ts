import { type Method, methods, schemas } from '@slipway/contracts'
import { fieldsOf } from '../pipeline/handle.ts'
import { operationIdOf } from '../pipeline/rights.ts'
import { alwaysIn } from '../pipeline/wire.ts'
import { BASE } from './answer.ts'
import { refusals } from './problem.ts'

type Schema = { [key: string]: unknown; properties?: Record<string, Schema>; required?: string[] }

const PROBLEM = 'slipway.api.v1.Problem'

/** The OpenAPI 3.1 document of the REST door, from the same table and schemas that route and check the calls. */
export function openApiDocument(): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const method of Object.values(methods)) {
    if (!method.access || !method.route) continue
    const path = `${BASE}${method.route.path}`
    paths[path] = { ...paths[path], [method.route.verb]: operationOf(method) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Slipway',
      version: '1',
      description: 'Plans, builds and operates Kubernetes clusters on your own machines.',
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }, { session: [] }],
    tags: tags(),
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An API token: slw_<id>_<secret>.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-slipway',
          description: 'A session of a browser; unsafe calls have to come from the same origin.',
        },
      },
      schemas: { ...reachable(), [PROBLEM]: problemSchema() },
    },
  }
}

function operationOf(method: Method): Record<string, unknown> {
  const { access, route } = method
  const inBody = route?.verb !== 'get' && route?.verb !== 'delete'
  const braces = fieldsOf(method)
  const all = Object.entries(schemaOf(method.request).properties ?? {})
  const others = all.filter(([name]) => !braces.includes(name))
  const inQuery = inBody ? others.filter(([name]) => name === 'dryRun') : others
  return {
    operationId: operationIdOf(method),
    tags: [access?.noun],
    summary: method.documentation || method.name,
    description: `Takes the role ${access?.role} in the ${access?.scope}.`,
    ...(access?.role === 'anyone' ? { security: [] } : {}),
    parameters: [
      ...braces.map((name) => parameter(method, name, 'path')),
      ...inQuery.map(([name]) => parameter(method, name, 'query')),
      ...headers(method, new Set(all.map(([name]) => name))),
    ],
    ...(inBody && others.length > 0 ? { requestBody: bodyOf(method, braces) } : {}),
    responses: responsesOf(method),
  }
}

function parameter(method: Method, name: string, where: 'path' | 'query'): Record<string, unknown> {
  const schema = schemaOf(method.request)
  const { description, ...field } = schema.properties?.[name] ?? {}
  const required = where === 'path' || schema.required?.includes(name)
  return {
    name,
    in: where,
    ...(description ? { description } : {}),
    ...(required ? { required: true } : {}),
    schema: converted(field),
  }
}

function headers({ access, route }: Method, fields: ReadonlySet<string>): Record<string, unknown>[] {
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  })
  return [
    ...(access?.safe
      ? []
      : [header('Idempotency-Key', 'Of your own choice; the same call with the same key is done once.')]),
    ...(fields.has('version')
      ? [header('If-Match', 'The ETag of what was read; refused with 412 if stale.')]
      : []),
    ...(route?.contentType === 'text/event-stream'
      ? [header('Last-Event-ID', 'The last id that was received; the stream goes on after it.')]
      : []),
  ]
}

function bodyOf(method: Method, braces: readonly string[]): Record<string, unknown> {
  const { $id, properties = {}, required = [], ...schema } = schemaOf(method.request)
  const kept = Object.entries(properties).filter(([name]) => !braces.includes(name))
  const needed = required.filter((name) => !braces.includes(name))
  const json = {
    ...schema,
    properties: Object.fromEntries(kept),
    ...(needed.length > 0 ? { required: needed } : {}),
  }
  return {
    required: needed.length > 0,
    content: {
      'application/json': { schema: converted(json) },
      ...('csv' in properties ? { 'text/csv': { schema: { type: 'string' } } } : {}),
    },
  }
}

function responsesOf(method: Method): Record<string, unknown> {
  const { status = 200, contentType = 'application/json' } = method.route ?? {}
  const isJson = contentType === 'application/json'
  const schema = isJson ? reference(method.response) : { type: 'string', ...binary(contentType) }
  const content = { content: { [contentType]: { schema } } }
  const hasDryRun = 'dryRun' in (schemaOf(method.request).properties ?? {})
  const problem = { content: { 'application/problem+json': { schema: reference(PROBLEM) } } }
  return {
    [status]: { description: 'Done as asked.', ...(status === 204 ? {} : content) },
    ...(hasDryRun ? { 200: { description: 'What it would do; nothing was changed.', ...content } } : {}),
    ...Object.fromEntries(
      refusals.map(({ status: code, title }) => [code, { description: title, ...problem }]),
    ),
    413: { description: 'The body is too large', ...problem },
    415: { description: 'The body has a type that is not read', ...problem },
  }
}

/** OpenAPI 3.1 says of bytes that they are of a type and in no encoding. */
function binary(contentType: string): Record<string, string> {
  return contentType === 'application/gzip' ? { contentMediaType: contentType } : {}
}

/** Schemas that public methods use, and those that they use. Of what is only answered, the fields that are always there. */
function reachable(): Record<string, unknown> {
  const offered = Object.values(methods).filter(({ access }) => access)
  const sent = within(offered.map(({ request }) => request))
  const told = within(offered.map(({ response }) => response))
  const schemas = [...new Set([...sent, ...told])].sort().map((name) => {
    const { $id, ...schema } = schemaOf(name)
    const required = sent.has(name) ? [] : alwaysIn(name)
    return [name, converted(required.length > 0 ? { ...schema, required } : schema)] as const
  })
  return Object.fromEntries(schemas)
}

/** The names of schemas, and of those that they use. */
function within(names: readonly string[]): Set<string> {
  const found = new Set<string>()
  const visit = (name: string) => {
    if (found.has(name)) return
    found.add(name)
    const text = JSON.stringify(schemaOf(name))
    for (const [, inner] of text.matchAll(/"\$ref":"([\w.]+)#"/g)) if (inner) visit(inner)
  }
  for (const name of names) visit(name)
  return found
}

/** A schema with references into this document, and defaults in the type of their field. */
function converted(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(converted)
  if (typeof schema !== 'object' || schema === null) return schema
  const { $ref, default: usual, ...rest } = schema as Schema
  return {
    ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, converted(value)])),
    ...(typeof $ref === 'string' ? reference($ref.slice(0, -1)) : {}),
    ...(usual === undefined ? {} : { default: typed(usual, rest.type) }),
  }
}

function typed(usual: unknown, type: unknown): unknown {
  if (type === 'boolean') return usual === 'true'
  return type === 'integer' || type === 'number' ? Number(usual) : usual
}

function reference(name: string): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` }
}

function schemaOf(name: string): Schema {
  return (schemas[name] ?? {}) as Schema
}

function tags(): { name: string }[] {
  const nouns = Object.values(methods).flatMap(({ access }) => (access ? [access.noun] : []))
  return [...new Set(nouns)].sort().map((name) => ({ name }))
}

function problemSchema(): Schema {
  const text = { type: 'string' }
  const one = { type: 'object', properties: { field: text, message: text, hint: text } }
  return {
    type: 'object',
    description: 'Why a call was refused: every problem, each with the field or object and the way out.',
    properties: {
      type: text,
      title: text,
      status: { type: 'integer' },
      code: { ...text, description: 'The kind of refusal, in one word: NotFound, Invalid, Conflict, …' },
      detail: text,
      problems: { type: 'array', items: one },
      traceId: text,
    },
    required: ['type', 'title', 'status', 'code', 'detail', 'problems', 'traceId'],
  }
}
