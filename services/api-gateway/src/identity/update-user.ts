import { notFound, precondition } from '@slipway/errors'
import type { User } from './identity.ts'
import type { IdentityStore } from './store.ts'

/** Enables, disables, or makes and unmakes an administrator. The last enabled administrator stays one. */
export async function updateUser(
  store: IdentityStore,
  id: string,
  change: { enabled?: boolean; administrator?: boolean },
  now: Date,
): Promise<{ before: User; after: User }> {
  const updated = await store.updateUser(id, change, now)
  if (updated === 'missing') throw notFound('user', id)
  if (updated === 'last-administrator') {
    throw precondition([
      {
        field: change.enabled === false ? 'enabled' : 'administrator',
        message: 'this is the last enabled administrator',
        hint: 'Make another person an administrator first.',
      },
    ])
  }
  return updated
}
