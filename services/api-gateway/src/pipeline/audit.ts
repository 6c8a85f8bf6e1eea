import { type Method, schemas } from '@slipway/contracts'
import type { SlipwayError } from '@slipway/errors'
import { v7 as uuidv7 } from 'uuid'
import type { Asker } from './authenticate.ts'
import { fieldsOf } from './handle.ts'
import type { Json } from './wire.ts'

/** One row of the audit. */
export type Entry = {
  id: string
  at: Date
  userId: string
  userName: string
  token: string
  source: string
  door: string
  method: string
  noun: string
  project: string
  object: string
  result: 'succeeded' | 'refused' | 'failed'
  code: string
  message: string
  before: string
  after: string
}

/** What became known of a call while it went through the pipeline. */
export type Seen = {
  /** The method, or what was asked for in its place: `POST /api/v1/nothing`. */
  what: string
  method?: Method
  door: 'rest' | 'grpc'
  source: string
  asker?: Asker
  request?: Json
  before?: unknown
  /** What it is about, where neither route nor answer say so. */
  object?: string
}

/** An object larger than this is left out of its row. */
const LONGEST = 65_536

/** The row of a call that did what was asked. */
export function succeeded(seen: Seen, answer: Json, now: Date): Entry {
  return {
    ...row(seen, answer, now),
    result: 'succeeded',
    after: kept(cut(answer, seen.method?.response ?? '')),
  }
}

/** The row of a call that was refused, or that failed for a reason of ours. */
export function refused(seen: Seen, error: SlipwayError, now: Date): Entry {
  const failed = error.code === 'Bug' || error.code === 'Unavailable'
  return {
    ...row(seen, {}, now),
    result: failed ? 'failed' : 'refused',
    code: error.code,
    message: error.message.slice(0, 1000),
  }
}

/** A copy of a message without what its schema marks as secret. */
export function cut(value: unknown, schemaName: string): unknown {
  const schema = schemas[schemaName] as { properties?: Record<string, Schema> } | undefined
  if (typeof value !== 'object' || value === null || !schema?.properties) return value
  const kept = Object.entries(value).flatMap(([name, inner]) => {
    const field = schema.properties?.[name]
    return !field || field['x-secret'] ? [] : [[name, cutField(inner, field)] as const]
  })
  return Object.fromEntries(kept)
}

type Schema = { $ref?: string; items?: Schema; 'x-secret'?: boolean }

function cutField(value: unknown, field: Schema): unknown {
  if (Array.isArray(value) && field.items?.$ref) {
    const name = field.items.$ref.slice(0, -1)
    return value.map((one) => cut(one, name))
  }
  return field.$ref ? cut(value, field.$ref.slice(0, -1)) : value
}

function row(seen: Seen, answer: Json, at: Date): Entry {
  const { what, method, door, source, asker, request = {}, before } = seen
  return {
    id: uuidv7(),
    at,
    userId: asker?.user.id ?? '',
    userName: asker?.user.name ?? '',
    token: asker?.token.id ?? '',
    source,
    door,
    method: text(what),
    noun: method?.access?.noun ?? '',
    project: text(request.project),
    object: seen.object ?? (method ? objectOf(method, request, answer).slice(0, 256) : ''),
    result: 'succeeded',
    code: '',
    message: '',
    before: before === undefined ? '' : kept(before),
    after: '',
  }
}

/** The id of what a call is about: the last one in its route, else the one that was made. */
function objectOf(method: Method, request: Json, answer: Json): string {
  const named = fieldsOf(method).at(-1)
  const isContainer = named === 'project' && method.access?.noun !== 'project'
  // Enrolling makes a person's token: it is about the person.
  const made = answer[method.access?.noun ?? ''] ?? answer.user
  return (
    (named && !isContainer ? text(request[named]) : '') ||
    text(answer.id) ||
    (typeof made === 'object' && made && !Array.isArray(made) ? text(made.id) : '')
  )
}

// PostgreSQL's text holds no NUL, and a refused request may.
function text(value: unknown): string {
  return typeof value === 'string' ? value.replaceAll('\u0000', '').slice(0, 256) : ''
}

function kept(value: unknown): string {
  const json = JSON.stringify(value)
  return json.length <= LONGEST ? json : JSON.stringify({ leftOut: `${json.length} characters` })
}
