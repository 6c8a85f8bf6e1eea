import { invalid } from '@slipway/errors'
import { hashPassword } from '../session/password.ts'
import { passwordProblems } from '../session/password-rules.ts'
import { codeIsNoGood } from './enrol.ts'
import type { User } from './identity.ts'
import type { IdentityStore } from './store.ts'
import { digestOf } from './token.ts'

/**
 * Trades a one-time code for a password. No token is made: in a browser nobody would keep it. The first administrator, whom
 * nobody named, may choose a name.
 */
export async function enrolWithPassword(
  store: IdentityStore,
  { code, password, name }: { code: string; password: string; name: string },
  now: Date,
): Promise<User> {
  const digest = digestOf(code)
  const owner = await store.ownerOfCode(digest, now)
  if (!owner) throw codeIsNoGood()
  const wanted = name || owner.user.name
  const problems = passwordProblems(password, wanted)
  if (wanted !== owner.user.name && !owner.alone) {
    const hint = `Leave it out; you are ${owner.user.name} here.`
    problems.push({ field: 'name', message: 'was given by whoever invited you', hint })
  }
  if (problems.length > 0) throw invalid(problems)
  const user = await store.enrolWithPassword(digest, now, {
    name: wanted,
    hash: await hashPassword(password),
  })
  if (!user) throw codeIsNoGood()
  return user
}
