/** A person or robot known to this install. */
export type User = { id: string; name: string; administrator: boolean; enabled: boolean; createdAt: Date }

/** What happened to a person: the fact, the person as known now, and how often that changed. */
export type UserFact = { fact: 'created' | 'updated'; user: User; version: number }

/** What an API token may do: safe calls only, or everything its owner may. */
export type Scope = 'read' | 'write'

/** Whether a token lets its owner in: not after its end, and not while its owner is disabled. */
export const tokenStates = ['usable', 'expired', 'disabled'] as const
export type TokenState = (typeof tokenStates)[number]

/** What a token is good for now. */
export function stateOf(
  token: Pick<Token, 'expiresAt'>,
  owner: Pick<User, 'enabled'>,
  now: Date,
): TokenState {
  if (!owner.enabled) return 'disabled'
  return token.expiresAt <= now ? 'expired' : 'usable'
}

/** An API token without its secret. `project` is empty when it is not limited to one. */
export type Token = {
  id: string
  userId: string
  name: string
  scope: Scope
  project: string
  expiresAt: Date
  lastUsedAt: Date | undefined
  createdAt: Date
}
