import type { Method } from '@slipway/contracts'
import { type SlipwayError, toSlipwayError, unauthenticated } from '@slipway/errors'
import type { Log } from '@slipway/telemetry'
import type { AuditStore } from '../audit/store.ts'
import type { IdentityStore } from '../identity/store.ts'
import { cut, refused, type Seen, succeeded } from './audit.ts'
import { type Asker, authenticate, tooManyFailures } from './authenticate.ts'
import { authorise, type Membership, type Role } from './authorise.ts'
import { fieldsOf, handle, type OwnCall, principalOf, readerOf, type Table } from './handle.ts'
import type { Once } from './idempotency.ts'
import { isRefusedByLimit, type Limits } from './limit.ts'
import { validate } from './validate.ts'
import { whileAllowed } from './while-allowed.ts'
import { type Json, requestFromJson, responseToJson } from './wire.ts'

/** A call as a door took it in. */
export type Incoming = {
  method: Method
  door: 'rest' | 'grpc'
  /** Address of the caller. */
  source: string
  bearer: string | undefined
  idempotencyKey: string | undefined
  /** The request as JSON; throws what is malformed about it. */
  read: () => Json
  /** The request as a message, where the door has one. */
  message?: unknown
  signal: AbortSignal
}

/** An answered call: the response and the request that it answers. */
type Answered = { request: Json; response: unknown }

/** The only way to a handler, for both doors. */
export type Pipeline = {
  call: (incoming: Incoming) => Promise<Answered>
  /** Opens a stream; refusals come before its first batch. It ends with an error when the reader's rights end. */
  open: (incoming: Incoming) => Promise<AsyncIterable<readonly unknown[]>>
}

type Parts = {
  identity: IdentityStore
  membership: Membership
  audit: AuditStore
  limits: Limits
  once: Once
  table: Table
  log: Log
  now: () => Date
}

/** A call that may be made. */
type Admitted = { asker: Asker | undefined; role: Role | undefined; request: Json; message: unknown }

const BEFORE_MS = 2_000

/**
 * limit the address → authenticate → validate → authorise this object → limit the person → idempotency → handle → audit.
 * Every public method of both doors passes here and nowhere else.
 */
export function createPipeline(parts: Parts): Pipeline {
  const { identity, membership, audit, limits, once, table, log, now } = parts

  async function admit(incoming: Incoming, seen: Seen): Promise<Admitted> {
    const { method, source, bearer, read } = incoming
    const access = method.access
    if (!access)
      throw unauthenticated('This method is not public.', 'Look the methods up in the API document.')
    limits.source(source)
    const asker = access.role === 'anyone' ? undefined : await authenticate(identity, bearer, now())
    if (asker) seen.asker = asker
    const request = read()
    seen.request = request
    validate(method, request, incoming.message === undefined ? 'json' : 'message')
    const project = typeof request.project === 'string' ? request.project : ''
    const role = await authorise(access, asker, project, membership)
    if (asker) limits.principal(asker.user.id)
    return { asker, role, request, message: incoming.message ?? requestFromJson(method, request) }
  }

  function callOf(admitted: Admitted, incoming: Incoming, seen: Seen): OwnCall {
    const { asker, role } = admitted
    const { signal } = incoming
    return {
      asker,
      role,
      now: now(),
      signal,
      forward: { signal, ...(asker && role ? { principal: principalOf(asker, role) } : {}) },
      was: (before) => {
        seen.before = before
      },
    }
  }

  /** What the object is before it is changed, where it can be read; the change goes on without. */
  async function lookBefore(admitted: Admitted, call: OwnCall, seen: Seen): Promise<void> {
    const reader = readerOf(seen.method)
    if (!reader) return
    try {
      const named = fieldsOf(reader).map((field) => [field, admitted.request[field] ?? ''])
      const request = requestFromJson(reader, Object.fromEntries(named))
      const quick = { ...call, forward: { ...call.forward, deadlineMs: BEFORE_MS } }
      const before = await handle(table, reader, request, quick)
      seen.before = cut(responseToJson(reader, before), reader.response)
    } catch {
      // There is none, or its owner does not answer: the call itself will say so.
    }
  }

  async function execute(admitted: Admitted, incoming: Incoming, seen: Seen): Promise<unknown> {
    const { method, idempotencyKey } = incoming
    const call = callOf(admitted, incoming, seen)
    if (!seen.method.access?.safe) await lookBefore(admitted, call, seen)
    if (!idempotencyKey || method.access?.safe) return handle(table, method, admitted.message, call)
    const name = { principal: admitted.asker?.user.id ?? 'nobody', method: method.path, key: idempotencyKey }
    const body = method.definition.requestSerialize(admitted.message)
    const { answer } = await once({ ...name, request: body }, incoming.signal, async (scopedKey) => {
      const forward = { ...call.forward, idempotencyKey: scopedKey }
      const response = await handle(table, method, admitted.message, { ...call, forward })
      return method.definition.responseSerialize(response)
    })
    return method.definition.responseDeserialize(Buffer.from(answer))
  }

  /** Records a refusal and answers it as it is to be told. */
  async function refuse(thrown: unknown, seen: Seen): Promise<SlipwayError> {
    const error = toSlipwayError(thrown)
    if (error.code === 'Bug') {
      log.error({ err: error.cause ?? error, method: seen.method.path }, 'a call failed by our mistake')
    }
    if (error.code === 'Unauthenticated' && !limits.failure(seen.source)) return tooManyFailures()
    // The limits protect the database too: what they refuse is written once a minute.
    if (isRefusedByLimit(error) && !limits.recorded(seen.source)) return error
    await record(() => audit.add(refused(seen, error, now())))
    return error
  }

  async function record(add: () => Promise<void>): Promise<void> {
    await add().catch((err: unknown) => log.error({ err }, 'an audit entry could not be written'))
  }

  const seenOf = ({ method, door, source }: Incoming): Seen => ({ method, door, source })

  return {
    call: async (incoming) => {
      const seen = seenOf(incoming)
      try {
        const admitted = await admit(incoming, seen)
        const response = await execute(admitted, incoming, seen)
        if (!incoming.method.access?.safe) {
          const answer = responseToJson(incoming.method, response)
          await record(() => audit.add(succeeded(seen, answer, now())))
        }
        return { request: admitted.request, response }
      } catch (thrown) {
        throw await refuse(thrown, seen)
      }
    },
    open: async (incoming) => {
      const seen = seenOf(incoming)
      const ending = new AbortController()
      const signal = AbortSignal.any([incoming.signal, ending.signal])
      try {
        const admitted = await admit(incoming, seen)
        if (admitted.asker) limits.stream(admitted.asker.user.id, signal)
        const call = callOf(admitted, { ...incoming, signal }, seen)
        const batches = (await handle(table, incoming.method, admitted.message, call)) as AsyncIterable<
          readonly unknown[]
        >
        const stillAllowed = () => admit({ ...incoming, read: () => admitted.request }, seen)
        return whileAllowed(batches, { ending, cut: incoming.signal, stillAllowed })
      } catch (thrown) {
        ending.abort()
        throw await refuse(thrown, seen)
      }
    },
  }
}
