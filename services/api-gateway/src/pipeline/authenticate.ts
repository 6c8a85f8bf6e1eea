import { toSlipwayError, unauthenticated } from '@slipway/errors'
import type { IdentityStore } from '../identity/store.ts'
import { matches, readToken } from '../identity/token.ts'
import { digestOfSession, endOf, type Session } from '../session/session.ts'
import type { SessionStore } from '../session/store.ts'

/** Who asks, and with what. */
export type Asker = {
  user: { id: string; name: string; administrator: boolean; createdAt: Date }
  token: {
    id: string
    name: string
    scope: 'read' | 'write'
    /** Empty when it is not limited to one. */
    project: string
    expiresAt: Date
    lastUsedAt: Date | undefined
    createdAt: Date
  }
  /** The session, where somebody signed in; it stands in `token` too, as a token of that person that may do everything. */
  session?: Session
}

/** Where those who may call are known. */
export type Known = Pick<IdentityStore, 'findToken' | 'tokenUsed'> &
  Pick<SessionStore, 'findSession' | 'sessionUsed'>

const HINT = 'Send an API token as `Authorization: Bearer slw_…`; make one with `slipway token create`.'

/**
 * Recognises the owner of an API token or of a session. Nothing is kept in memory: a revoked token, a disabled person and an expired
 * token are refused at the next call.
 */
export async function authenticate(identity: Known, bearer: string | undefined, now: Date): Promise<Asker> {
  if (!bearer) throw unauthenticated('Nobody is signed in.', HINT)
  const digest = digestOfSession(bearer)
  if (digest) return authenticateSession(identity, digest, now)
  const parts = readToken(bearer)
  const known = parts && (await identity.findToken(parts.id))
  if (!parts || !known || !matches(parts.secret, known.digest)) {
    throw unauthenticated('The token is not known; it may have been revoked.', HINT)
  }
  if (known.expiresAt <= now) throw unauthenticated('The token has expired.', HINT)
  if (!known.user.enabled) throw disabled()
  await identity.tokenUsed(known.id, known.lastUsedAt, now).catch(unlessFull)
  const { user, ...token } = known
  return { user, token }
}

async function authenticateSession(identity: Known, digest: string, now: Date): Promise<Asker> {
  const known = await identity.findSession(digest, now)
  if (!known) throw unauthenticated('The session has ended.', 'Sign in again.')
  if (!known.user.enabled) throw disabled()
  await identity.sessionUsed(known.id, known.lastUsedAt, now).catch(unlessFull)
  const { user, ...session } = known
  const { id, lastUsedAt, createdAt } = session
  const all = { name: 'session', scope: 'write', project: '' } as const
  return { user, token: { id, ...all, expiresAt: endOf(session), lastUsedAt, createdAt }, session }
}

/** Where nothing can be noted, because the database's disk is full, people read all the same. */
function unlessFull(thrown: unknown): void {
  if (toSlipwayError(thrown).code !== 'Unavailable') throw thrown
}

function disabled() {
  return unauthenticated('The person is disabled.', 'Ask an administrator to enable the person again.')
}
