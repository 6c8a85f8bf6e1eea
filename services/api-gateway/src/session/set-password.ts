import { denied, invalid } from '@slipway/errors'
import type { Asker } from '../pipeline/authenticate.ts'
import { hashPassword } from './password.ts'
import { passwordProblems } from './password-rules.ts'
import type { Session } from './session.ts'
import { tryPassword } from './sign-in.ts'
import type { SessionStore } from './store.ts'

/**
 * Sets the asker's own password and ends all other sessions, which are answered. Who has one names it: a session that was
 * left open is not enough to take an account over.
 */
export async function setPassword(
  store: SessionStore,
  { asker, password, present, now }: { asker: Asker; password: string; present: string; now: Date },
): Promise<Session[]> {
  const { user, token } = asker
  if (token.project !== '') {
    throw denied(
      'This token is for one project.',
      'Set the password when signed in, or with a token for all.',
    )
  }
  const { hash } = (await store.passwordOf(user.name)) ?? {}
  const problems = passwordProblems(password, user.name)
  if (problems.length > 0) throw invalid(problems)
  const fits =
    hash === undefined ||
    (await tryPassword(store, { name: user.name, password: present, hash, field: 'present', now }))
  if (!fits) {
    const hint = 'Type it again; an administrator can give you a one-time code for a new one.'
    throw invalid([{ field: 'present', message: 'is not your present password', hint }])
  }
  await store.setPassword(user.id, await hashPassword(password), now)
  return store.endSessions(user.id, { but: token.id })
}
