import type { Token as TokenMessage, User as UserMessage } from '@slipway/contracts/identity/v1/identity'
import type { Token, TokenState, User } from './identity.ts'

/** A person as the contracts say it. */
export function userMessage({ id, name, administrator, enabled, createdAt }: User): UserMessage {
  return { id, name, administrator, enabled, createdAt }
}

/** A token as the contracts say it; its digest stays here. */
export function tokenMessage(token: Token, state: TokenState): TokenMessage {
  const { id, userId, name, scope, project, expiresAt, lastUsedAt, createdAt } = token
  return { id, user: userId, name, scope, project, expiresAt, lastUsedAt, createdAt, state }
}
