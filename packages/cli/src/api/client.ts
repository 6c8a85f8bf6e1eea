import { randomUUID } from 'node:crypto'
import { type Method, methods } from '@slipway/contracts'
import { type Code, codes, type Problem, SlipwayError, toSlipwayError, unavailable } from '@slipway/errors'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import { Agent, fetch } from 'undici'

/** A Slipway to talk to: its REST URL, the PEM of its CA, and an API token unless the call needs none. */
export type Connection = { url: string; ca: string; token?: string }

type Json = Record<string, unknown>
const agents = new Map<string, Agent>()

/** Calls a method (`slipway.cluster.v1.ClusterService/CreateCluster`) by REST; request and answer are protojson. */
// biome-ignore lint/suspicious/noExplicitAny: the caller knows the shape of the method it names
export async function callApi(to: Connection, name: string, request: Json = {}): Promise<any> {
  const { method, route } = routeOf(name)
  const { path, rest } = fillPath(route.path, request)
  const inBody = ['post', 'put', 'patch'].includes(route.verb)
  const response = await send(to, `${path}${inBody ? '' : query(rest)}`, {
    method: route.verb.toUpperCase(),
    headers: {
      ...(inBody ? { 'content-type': 'application/json' } : {}),
      ...(method.access?.safe ? {} : { 'idempotency-key': randomUUID() }),
    },
    body: inBody ? JSON.stringify(rest) : undefined,
  })
  const text = await response.text()
  if (route.contentType !== 'application/json') return text
  return text ? JSON.parse(text) : {}
}

/** Follows a streaming method by Server-Sent Events; yields each event's name, data and id. */
export async function* followApi(
  to: Connection,
  name: string,
  request: Json,
  options: { lastEventId?: string; signal?: AbortSignal } = {},
  // biome-ignore lint/suspicious/noExplicitAny: the caller knows the shape of the method it names
): AsyncGenerator<{ event: string; id: string; data: any }> {
  const { path, rest } = fillPath(routeOf(name).route.path, request)
  const response = await send(to, `${path}${query(rest)}`, {
    method: 'GET',
    headers: {
      accept: 'text/event-stream',
      ...(options.lastEventId ? { 'last-event-id': options.lastEventId } : {}),
    },
    signal: options.signal,
  })
  if (!response.body) return
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
  for await (const { event = 'message', id = '', data } of events) {
    if (event === 'problem') throw problemOf(data)
    yield { event, id, data: JSON.parse(data) }
  }
}

/** The file that a streaming method answers, piece by piece; throws when it is cut off. */
export async function* downloadApi(to: Connection, name: string, request: Json): AsyncGenerator<Uint8Array> {
  const { path, rest } = fillPath(routeOf(name).route.path, request)
  const response = await send(to, `${path}${query(rest)}`, { method: 'GET', headers: {} })
  try {
    if (response.body) yield* response.body
  } catch (cause) {
    throw unavailable(
      'slipway',
      'The file was cut off before its end.',
      'Throw it away and ask again.',
      cause,
    )
  }
}

/** What keeps a Slipway from doing all that it may be asked, as `/readyz` says; nothing when all is well. */
export async function troublesOf(to: Connection): Promise<readonly Problem[]> {
  try {
    await sendTo(`${to.url}/readyz`, to, { method: 'GET', headers: {} })
    return []
  } catch (error) {
    return toSlipwayError(error).problems
  }
}

type Init = { method: string; headers: Record<string, string>; body?: string; signal?: AbortSignal }

function send(to: Connection, path: string, init: Init) {
  return sendTo(`${to.url}/api/v1${path}`, to, init)
}

async function sendTo(url: string, to: Connection, init: Init) {
  const headers = { ...init.headers, ...(to.token ? { authorization: `Bearer ${to.token}` } : {}) }
  const response = await fetch(url, {
    ...init,
    headers,
    dispatcher: agentOf(to.ca),
  }).catch((cause: Error) => {
    const why = cause.cause instanceof Error ? cause.cause.message : cause.message
    throw unavailable(
      'slipway',
      `Slipway at ${to.url} does not answer: ${why}`,
      'Is it running? See `slipway up`.',
      cause,
    )
  })
  if (!response.ok) throw await readProblem(response)
  return response
}

async function readProblem(response: { status: number; text: () => Promise<string> }): Promise<SlipwayError> {
  const text = await response.text()
  try {
    return problemOf(text)
  } catch {
    return new SlipwayError('Bug', `HTTP ${response.status}: ${text.slice(0, 200)}`)
  }
}

/** The error that a problem+json text describes. */
function problemOf(text: string): SlipwayError {
  const problem = JSON.parse(text) as { code?: Code; detail?: string; title?: string; problems?: Problem[] }
  const code = codes.find((known) => known === problem.code) ?? 'Bug'
  return new SlipwayError(code, problem.detail ?? problem.title ?? text, problem.problems ?? [])
}

function routeOf(name: string): { method: Method; route: NonNullable<Method['route']> } {
  const method = methods[name]
  if (!method?.route) throw new TypeError(`${name} has no REST route`)
  return { method, route: method.route }
}

/** Puts request fields into the braces of a path and answers the others. */
function fillPath(template: string, request: Json): { path: string; rest: Json } {
  const rest = { ...request }
  const path = template.replace(/\{(\w+)\}/g, (_, field: string) => {
    const value = rest[field]
    delete rest[field]
    return encodeURIComponent(String(value ?? ''))
  })
  return { path, rest }
}

function query(fields: Json): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '')
  if (given.length === 0) return ''
  return `?${new URLSearchParams(Object.fromEntries(given.map(([name, value]) => [name, String(value)])))}`
}

function agentOf(ca: string): Agent {
  const known = agents.get(ca)
  if (known) return known
  const agent = new Agent({ connect: { ca } })
  agents.set(ca, agent)
  return agent
}
