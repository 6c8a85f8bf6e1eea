/** A person or robot known to this install. */
export type User = { id: string; name: string; administrator: boolean; enabled: boolean; createdAt: Date }

/** What an API token may do: safe calls only, or everything its owner may. */
export type Scope = 'read' | 'write'

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
