import { denied, invalid, notFound } from '@slipway/errors'
import { v7 as uuidv7 } from 'uuid'
import type { Asker } from '../pipeline/authenticate.ts'
import type { Membership } from '../pipeline/authorise.ts'
import type { Scope, Token } from './identity.ts'
import type { IdentityStore } from './store.ts'
import { digestOf, newSecret, writeToken } from './token.ts'

const HOUR_MS = 3_600_000

/** What somebody wants a new token to be. `project` is empty when it is not to be limited to one. */
export type TokenWish = { name: string; scope: Scope; project: string; expiresInHours: number }

/**
 * Makes an API token of the asker's own. It can't do more than the token that asks: one for a project makes only tokens
 * for the same project, which end no later.
 */
export async function createToken(
  store: IdentityStore,
  membership: Membership,
  { asker, wish, now }: { asker: Asker; wish: TokenWish; now: Date },
): Promise<{ token: Token; secret: string }> {
  const expiresAt = new Date(now.getTime() + wish.expiresInHours * HOUR_MS)
  if (asker.token.project !== '' && wish.project !== asker.token.project) {
    throw denied(
      'This token is for one project and can only make tokens for the same one.',
      `Set project to ${asker.token.project}.`,
    )
  }
  if (asker.token.project !== '' && expiresAt > asker.token.expiresAt) {
    throw invalid([
      {
        field: 'expiresInHours',
        message: `would outlive the token that asks, which ends ${asker.token.expiresAt.toISOString()}`,
        hint: 'Ask for fewer hours, or with a token that is not limited to a project.',
      },
    ])
  }
  if (wish.project !== '') {
    const known = await membership(wish.project, asker.user.id)
    if (!known || !(known.role || asker.user.administrator)) throw notFound('project', wish.project)
  }
  const { name, scope, project } = wish
  const id = uuidv7()
  const secret = newSecret()
  const token: Token = {
    id,
    userId: asker.user.id,
    name,
    scope,
    project,
    expiresAt,
    lastUsedAt: undefined,
    createdAt: now,
  }
  await store.createToken(token, digestOf(secret))
  return { token, secret: writeToken({ id, secret }) }
}
