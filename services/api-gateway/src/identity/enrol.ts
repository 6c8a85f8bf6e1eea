import { unauthenticated } from '@slipway/errors'
import { v7 as uuidv7 } from 'uuid'
import type { Token, User } from './identity.ts'
import type { IdentityStore } from './store.ts'
import { digestOf, newSecret, writeToken } from './token.ts'

const DAY_MS = 86_400_000
const FIRST_TOKEN_DAYS = 365

/** A one-time code, what is kept of it, and how long it can be used. */
export type EnrolmentCode = { code: string; digest: string; expiresAt: Date }

/** Makes a one-time code: 256 random bits, good for a day. */
export function newEnrolmentCode(now: Date): EnrolmentCode {
  const code = `enrol_${newSecret()}`
  return { code, digest: digestOf(code), expiresAt: new Date(now.getTime() + DAY_MS) }
}

/** Trades a one-time code for its owner's first API token, good for a year. A code works once. */
export async function enrol(
  store: IdentityStore,
  { code, tokenName }: { code: string; tokenName: string },
  now: Date,
): Promise<{ user: User; token: Token; secret: string }> {
  const secret = newSecret()
  const token = {
    id: uuidv7(),
    name: tokenName || 'first',
    scope: 'write' as const,
    project: '',
    expiresAt: new Date(now.getTime() + FIRST_TOKEN_DAYS * DAY_MS),
    lastUsedAt: undefined,
    createdAt: now,
  }
  const user = await store.enrol(digestOf(code), now, token, digestOf(secret))
  if (!user) throw codeIsNoGood()
  return { user, token: { ...token, userId: user.id }, secret: writeToken({ id: token.id, secret }) }
}

/** The refusal of a code. */
export function codeIsNoGood() {
  return unauthenticated(
    'The code is not known, was used before, or has expired.',
    'Ask an administrator for a new one; the first administrator gets one by starting Slipway again.',
  )
}
