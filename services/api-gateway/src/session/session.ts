import { digestOf, newSecret } from '../identity/token.ts'

/** A person who is signed in at one browser. */
export type Session = {
  id: string
  userId: string
  source: string
  agent: string
  createdAt: Date
  lastUsedAt: Date
  expiresAt: Date
}

/** How long a session goes on without being used: an open page uses it, so this is how long a closed browser stays in. */
export const IDLE_MS = 2 * 3_600_000
/** How long it goes on at most: a working day, then the password is asked for again. */
export const LONGEST_MS = 24 * 3_600_000

const FORM = /^sls_[A-Za-z0-9_-]{43}$/

/** A new session's secret, `sls_…`, and what is kept of it. */
export function newSessionSecret(): { secret: string; digest: string } {
  const secret = `sls_${newSecret()}`
  return { secret, digest: digestOf(secret) }
}

/** What is kept of a secret that has the form of a session's. */
export function digestOfSession(text: string): string | undefined {
  return FORM.test(text) ? digestOf(text) : undefined
}

/** When it ends if nobody uses it any more. */
export function endOf({ lastUsedAt, expiresAt }: Pick<Session, 'lastUsedAt' | 'expiresAt'>): Date {
  return new Date(Math.min(lastUsedAt.getTime() + IDLE_MS, expiresAt.getTime()))
}
