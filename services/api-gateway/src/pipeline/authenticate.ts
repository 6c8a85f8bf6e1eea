import { toSlipwayError, unauthenticated } from '@slipway/errors'
import type { IdentityStore } from '../identity/store.ts'
import { matches, readToken } from '../identity/token.ts'

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
}

const HINT = 'Send an API token as `Authorization: Bearer slw_…`; make one with `slipway token create`.'

/**
 * Recognises the owner of a bearer token. Nothing is kept in memory: a revoked token, a disabled person and an expired
 * token are refused at the next call.
 */
export async function authenticate(
  identity: IdentityStore,
  bearer: string | undefined,
  now: Date,
): Promise<Asker> {
  if (!bearer) throw unauthenticated('Nobody is signed in.', HINT)
  const parts = readToken(bearer)
  const known = parts && (await identity.findToken(parts.id))
  if (!parts || !known || !matches(parts.secret, known.digest)) {
    throw unauthenticated('The token is not known; it may have been revoked.', HINT)
  }
  if (known.expiresAt <= now) throw unauthenticated('The token has expired.', HINT)
  if (!known.user.enabled) {
    throw unauthenticated('The person is disabled.', 'Ask an administrator to enable the person again.')
  }
  await identity.tokenUsed(known.id, known.lastUsedAt, now).catch(unlessFull)
  const { user, ...token } = known
  return { user, token }
}

/** Where nothing can be noted, because the database's disk is full, people read all the same. */
function unlessFull(thrown: unknown): void {
  if (toSlipwayError(thrown).code !== 'Unavailable') throw thrown
}
