import { notFound, precondition } from '@slipway/errors'
import { newEnrolmentCode } from './enrol.ts'
import type { User } from './identity.ts'
import type { IdentityStore } from './store.ts'

/**
 * Makes a fresh one-time code for somebody who lost all tokens. Of one person's codes only the newest can be used; tokens
 * that were made before stay, as only the asker knows whether they are lost or stolen.
 */
export async function createEnrolmentCode(
  store: IdentityStore,
  id: string,
  now: Date,
): Promise<{ user: User; code: string; expiresAt: Date }> {
  const { code, ...enrolment } = newEnrolmentCode(now)
  const user = await store.replaceEnrolment(id, enrolment)
  if (!user) throw notFound('user', id)
  if (!user.enabled) {
    throw precondition([
      { field: 'id', message: `${user.name} is disabled`, hint: 'Enable the person first, then ask again.' },
    ])
  }
  return { user, code, expiresAt: enrolment.expiresAt }
}
