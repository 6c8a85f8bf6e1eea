import type { Method, Role } from '@slipway/contracts'
import { denied, invalid, type Problem, type SlipwayError, unauthenticated } from '@slipway/errors'
import { allProblems, dryRunWithout } from './all-problems.ts'
import { cut, type Seen } from './audit.ts'
import { type Asker, authenticate, type Known } from './authenticate.ts'
import { authorise, type Membership } from './authorise.ts'
import { fieldsOf, handle, type OwnCall, principalOf, readerOf, type Table } from './handle.ts'
import type { Once } from './idempotency.ts'
import type { Limits } from './limit.ts'
import type { Recorder } from './record.ts'
import { askTogether } from './together.ts'
import { type FormProblem, validate } from './validate.ts'
import { whileAllowed } from './while-allowed.ts'
import { type Json, requestFromJson, responseToJson } from './wire.ts'

/** A call as a door took it in. */
export type Incoming = {
  method: Method
  door: 'rest' | 'grpc'
  /** Address of the caller. */
  source: string
  /** What its program calls itself. */
  agent: string
  /** A token, or the secret of a session. */
  bearer: string | undefined
  /** A browser sent it on behalf of another site, or does not say that it was not: its cookie counts for nothing. */
  foreign: boolean
  idempotencyKey: string | undefined
  /** What the route names, known also when the rest can't be read. */
  named: Json
  /** The request as JSON, and what was wrong about where its fields stood; throws what is malformed. */
  read: () => { request: Json; problems: readonly Problem[] }
  /** The request as a message, where the door has one. */
  message?: unknown
  signal: AbortSignal
}

/** What a door could not take in as a call: a body that is too large, a route that is not there. */
export type Unread = Pick<Incoming, 'door' | 'source' | 'bearer'> & Pick<Seen, 'what' | 'method' | 'request'>

/** An answered call: the response and the request that it answers. */
type Answered = { request: Json; response: unknown }

/** The only way to a handler, for both doors. */
export type Pipeline = {
  call: (incoming: Incoming) => Promise<Answered>
  /** Opens a stream; refusals come before its first batch. It ends with an error when the reader's rights end. */
  open: (incoming: Incoming) => Promise<AsyncIterable<readonly unknown[]>>
  /** Records the refusal of what was no call yet, and answers it as it is to be told. */
  turnAway: (unread: Unread, error: SlipwayError) => Promise<SlipwayError>
}

type Parts = {
  identity: Known
  membership: Membership
  record: Recorder
  limits: Limits
  once: Once
  table: Table
  now: () => Date
}

/** A call that may be made. */
type Admitted = { asker: Asker | undefined; role: Role | undefined; request: Json; message: unknown }

/** A call of wrong form, as far as it is known. */
type Refused = { wrong: FormProblem[]; asker: Asker | undefined; request: Json; project: string }

const BEFORE_MS = 2_000
/** How long what was found about a reader's rights holds for the other streams of the same. */
const LOOKS_HOLD_MS = 1_000
/** How long the owner of a request of wrong form may look for more that is wrong. */
const DRY_MS = 10_000

/**
 * limit the address → authenticate → validate → authorise this object → limit the person → idempotency → handle → audit.
 * Every public method of both doors passes here and nowhere else.
 */
export function createPipeline(parts: Parts): Pipeline {
  const { identity, membership, record, limits, once, table, now } = parts
  const together = askTogether(LOOKS_HOLD_MS)

  async function admit(incoming: Incoming, seen: Seen): Promise<Admitted> {
    const { method, source, bearer, read } = incoming
    const access = method.access
    if (!access)
      throw unauthenticated('This method is not public.', 'Look the methods up in the API document.')
    limits.source(source)
    if (method.route?.opensSession) limits.signIn(source)
    if (incoming.foreign) throw fromElsewhere()
    const asker = access.role === 'anyone' ? undefined : await authenticate(identity, bearer, now())
    if (asker) seen.asker = asker
    const { request, problems } = read()
    seen.request = request
    const form = validate(method, request, incoming.message === undefined ? 'json' : 'message')
    const wrong = [...problems.map((problem) => ({ problem })), ...form]
    const project = typeof request.project === 'string' ? request.project : ''
    if (wrong.length > 0) throw invalid(await problemsOf(incoming, { wrong, asker, request, project }, seen))
    const role = await authorise(access, asker, project, membership)
    if (asker) limits.principal(asker.user.id)
    return { asker, role, request, message: incoming.message ?? requestFromJson(method, request) }
  }

  /** All problems of a request that can't be taken as it is. Its owner is asked only by whoever may make the call. */
  async function problemsOf(
    incoming: Incoming,
    { wrong, asker, request, project }: Refused,
    seen: Seen,
  ): Promise<Problem[]> {
    const { method } = incoming
    const rest = asker && dryRunWithout(method, request, wrong)
    if (!rest || !method.access || wrong.some(({ problem }) => problem.field === 'project')) {
      return allProblems(wrong, async () => {})
    }
    limits.principal(asker.user.id)
    const role = await authorise(method.access, asker, project, membership).catch(() => undefined)
    return allProblems(wrong, async () => {
      if (!role) return
      const message = requestFromJson(method, rest)
      const call = callOf({ asker, role, request: rest, message }, incoming, seen)
      await handle(table, method, message, { ...call, forward: { ...call.forward, deadlineMs: DRY_MS } })
    })
  }

  function callOf(admitted: Admitted, incoming: Incoming, seen: Seen): OwnCall {
    const { asker, role } = admitted
    const { signal, source, agent } = incoming
    return {
      asker,
      role,
      now: now(),
      signal,
      forward: { signal, ...(asker && role ? { principal: principalOf(asker, role) } : {}) },
      from: { source, agent },
      about: (id) => {
        seen.object = id
      },
      was: (before) => {
        seen.before = before
      },
    }
  }

  /** What the object is before it is changed, where it can be read; the change goes on without. */
  async function lookBefore(method: Method, { request: asked }: Admitted, call: OwnCall): Promise<unknown> {
    const reader = readerOf(method)
    if (!reader) return undefined
    try {
      const named = fieldsOf(reader).map((field) => [field, asked[field] ?? ''])
      const request = requestFromJson(reader, Object.fromEntries(named))
      const quick = { ...call, forward: { ...call.forward, deadlineMs: BEFORE_MS } }
      const before = await handle(table, reader, request, quick)
      return cut(responseToJson(reader, before), reader.response)
    } catch {
      // There is none, or its owner does not answer: the call itself will say so.
      return undefined
    }
  }

  async function execute(admitted: Admitted, incoming: Incoming, seen: Seen): Promise<unknown> {
    const { method, idempotencyKey } = incoming
    const call = callOf(admitted, incoming, seen)
    if (!method.access?.safe) seen.before = await lookBefore(method, admitted, call)
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

  /** Whether who reads a stream may go on; it is no call, and counts for no limit. */
  function lookAgain({ method, bearer }: Incoming, { project }: Json): Promise<unknown> {
    const { access } = method
    if (!access || access.role === 'anyone') return Promise.resolve()
    const of = typeof project === 'string' ? project : ''
    return together(`${method.path} ${of} ${bearer}`, async () => {
      const asker = await authenticate(identity, bearer, now())
      await authorise(access, asker, of, membership)
    })
  }

  const seenOf = ({ method, door, source, named }: Incoming): Seen => ({
    what: method.path.slice(1),
    method,
    door,
    source,
    request: named,
  })

  return {
    turnAway: async ({ bearer, ...seen }, error) => {
      try {
        limits.source(seen.source)
        const asker = bearer && (await authenticate(identity, bearer, now()).catch(() => undefined))
        if (!asker) return await record.refused(error, seen)
        limits.principal(asker.user.id)
        return await record.refused(error, { ...seen, asker })
      } catch (thrown) {
        return record.refused(thrown, seen)
      }
    },
    call: async (incoming) => {
      const seen = seenOf(incoming)
      try {
        const admitted = await admit(incoming, seen)
        if (!incoming.method.access?.safe) await record.settle()
        const response = await execute(admitted, incoming, seen)
        if (!incoming.method.access?.safe) {
          const answer = responseToJson(incoming.method, response)
          await record.succeeded(seen, answer)
        }
        return { request: admitted.request, response }
      } catch (thrown) {
        throw await record.refused(thrown, seen)
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
        const stillAllowed = () => lookAgain(incoming, admitted.request)
        return whileAllowed(batches, { ending, cut: incoming.signal, stillAllowed })
      } catch (thrown) {
        ending.abort()
        throw await record.refused(thrown, seen)
      }
    },
  }
}

function fromElsewhere() {
  return denied(
    'A browser sent this on behalf of another site.',
    'Use the console itself; programs send an API token and no cookie.',
  )
}
