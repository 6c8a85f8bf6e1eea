import type { handleServerStreamingCall, handleUnaryCall } from '@grpc/grpc-js'
import { type Method, methods, type Role } from '@slipway/contracts'
import { bug } from '@slipway/errors'
import type { CallOptions, Principal } from '@slipway/rpc'
import type { Asker } from './authenticate.ts'

/** What a handler knows of the call that it answers. */
export type OwnCall = {
  /** Nobody on methods that anyone may call. */
  asker: Asker | undefined
  /** The role held in the call's project, or in the install. */
  role: Role | undefined
  /** What goes with calls to other services on the asker's behalf. */
  forward: CallOptions
  now: Date
  signal: AbortSignal
  /** Where the call comes from, and what its program calls itself. */
  from: { source: string; agent: string }
  /** Says for the audit whom the call is about, where its route and answer do not. */
  about: (id: string) => void
  /** Keeps for the audit what the object was before. */
  was: (before: unknown) => void
}

/** The methods that this service answers itself, as plain functions; S is ts-proto's `<Name>ServiceServer`. Streams answer in batches. */
export type Own<S> = {
  [K in keyof S as string extends K ? never : number extends K ? never : K]?: S[K] extends handleUnaryCall<
    infer Q,
    infer R
  >
    ? (request: Q, call: OwnCall) => Promise<R>
    : S[K] extends handleServerStreamingCall<infer Q, infer R>
      ? (request: Q, call: OwnCall) => Promise<AsyncIterable<readonly R[]>>
      : never
}

/** A door into another service. */
export type Upstream = {
  call: (method: Method['definition'], request: unknown, options?: CallOptions) => Promise<unknown>
}

/** Who answers which method: own handlers first, then the other services by name. */
export type Table = { own: Record<string, object>; upstreams: Record<string, Upstream> }

type Handler = (request: unknown, call: OwnCall) => Promise<unknown>

/** Answers a call: by a handler of our own, or by the service that owns the noun. */
export async function handle(
  table: Table,
  method: Method,
  request: unknown,
  call: OwnCall,
): Promise<unknown> {
  const own = ownHandler(table, method)
  if (own) return own(request, call)
  const upstream = table.upstreams[method.service]
  if (!upstream) throw bug(`${method.path} has nobody who answers it`)
  return upstream.call(method.definition, request, { deadlineMs: method.seconds * 1000, ...call.forward })
}

/** Who asks, on methods that not just anyone may call. */
export function theAsker({ asker }: OwnCall): Asker {
  if (!asker) throw bug('a method that anyone may call asked who is asking')
  return asker
}

/** The person as other services know them. */
export function principalOf(asker: Asker, role: Role): Principal {
  return { user: asker.user.id, name: asker.user.name, role }
}

/** The method that reads one object of the noun that this one changes, out of the same fields. */
export function readerOf(method: Method): Method | undefined {
  if (!method.access || method.access.safe) return undefined
  const { noun } = method.access
  const given = fieldsOf(method)
  return Object.values(methods).find(
    (one) =>
      one.service === method.service &&
      one.name.startsWith('Get') &&
      one.access?.noun === noun &&
      one.route?.contentType === 'application/json' &&
      fieldsOf(one).every((field) => given.includes(field)),
  )
}

/** The fields of a request that name an object: those in its route. */
export function fieldsOf(method: Method): string[] {
  return [...(method.route?.path ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
}

function ownHandler(table: Table, method: Method): Handler | undefined {
  const verb = method.name.charAt(0).toLowerCase() + method.name.slice(1)
  const handler = (table.own[method.service] as Record<string, unknown> | undefined)?.[verb]
  return typeof handler === 'function' ? (handler as Handler) : undefined
}
