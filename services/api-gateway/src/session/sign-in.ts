import { createHash } from 'node:crypto'
import { exhausted, unauthenticated } from '@slipway/errors'
import { v7 as uuidv7 } from 'uuid'
import type { User } from '../identity/identity.ts'
import { isPassword } from './password.ts'
import { LONGEST_MS, newSessionSecret, type Session } from './session.ts'
import type { SessionStore } from './store.ts'

/**
 * Seconds until the next try after as many failures: four are free, then it doubles up to a quarter of an hour. Thereby
 * somebody who guesses has a hundred tries a day; somebody who forgot is not locked out for long.
 */
const LOCK_SECONDS = [0, 0, 0, 0, 10, 20, 40, 80, 160, 320, 640, 900]

/** Where somebody signs in. */
type From = { source: string; agent: string }

/** Signs a person in. Unknown names are answered as wrong passwords are, in the same time and with the same locks. */
export async function signIn(
  store: SessionStore,
  { name, password, from, now }: { name: string; password: string; from: From; now: Date },
  about: (user: User) => void,
): Promise<{ user: User; session: Session; secret: string }> {
  const known = await store.passwordOf(name)
  if (known) about(known.user)
  const right = await tryPassword(store, { name, password, hash: known?.hash, field: 'password', now })
  if (!right || !known?.user.enabled) {
    throw unauthenticated(
      'Name or password is wrong.',
      'Try again; an administrator can give you a one-time code for a new password.',
    )
  }
  const { secret, digest } = newSessionSecret()
  const session: Session = {
    id: uuidv7(),
    userId: known.user.id,
    source: from.source,
    agent: from.agent.slice(0, 256),
    createdAt: now,
    lastUsedAt: now,
    expiresAt: new Date(now.getTime() + LONGEST_MS),
  }
  await store.createSession(session, digest)
  return { user: known.user, session, secret }
}

/** Whether a password is right; a failure counts, and too many of them lock the name for a while that is told. */
export async function tryPassword(
  store: SessionStore,
  asked: { name: string; password: string; hash: string | undefined; field: string; now: Date },
): Promise<boolean> {
  const { name, password, hash, field, now } = asked
  // Of the name only a digest is kept: people type passwords into the wrong field.
  const key = createHash('sha256').update(name).digest('hex')
  const taken = await store.takeTry(key, LOCK_SECONDS, now)
  if (taken !== 'may') {
    const wait = inWords(taken.lockedFor)
    throw exhausted(field, 'Too many tries failed.', `Try again in ${wait}.`, taken.lockedFor)
  }
  const right = await isPassword(password, hash)
  if (right) await store.forgetTries(key)
  return right
}

function inWords(seconds: number): string {
  return seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`
}
