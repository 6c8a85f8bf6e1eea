import type { IdentityServiceServer } from '@slipway/contracts/identity/v1/identity_service'
import { notFound } from '@slipway/errors'
import type { RightsEnded } from '../identity/rpc.ts'
import { userMessage } from '../identity/wire.ts'
import { type Own, theAsker } from '../pipeline/handle.ts'
import { pageFrom, pageOf } from '../pipeline/page.ts'
import type { Session } from './session.ts'
import { setPassword } from './set-password.ts'
import { signIn } from './sign-in.ts'
import type { SessionStore } from './store.ts'
import { sessionMessage } from './wire.ts'

/** IdentityService, as far as it is about signing in: proto method → verb. */
export function sessionHandlers(parts: {
  store: SessionStore
  rightsEnded: RightsEnded
}): Own<IdentityServiceServer> {
  const { store, rightsEnded } = parts
  const ended = async (sessions: readonly Session[], now: Date) => {
    for (const { id } of sessions) await rightsEnded({ token: id }, now)
  }
  return {
    createSession: async ({ name, password }, { now, from, about }) => {
      const { user, session, secret } = await signIn(store, { name, password, from, now }, ({ id }) =>
        about(id),
      )
      return { user: userMessage(user), session: sessionMessage(session, session.id), secret }
    },
    setPassword: async ({ password, present }, call) => {
      const asker = theAsker(call)
      call.about(asker.user.id)
      await ended(await setPassword(store, { asker, password, present, now: call.now }), call.now)
      return {}
    },
    listSessions: async (request, call) => {
      const { user, token } = theAsker(call)
      const { limit, after } = pageOf(request)
      const found = await store.listSessions(user.id, call.now, after, limit + 1)
      const { rows, nextPageToken } = pageFrom(found, limit, ({ id }) => id)
      return { sessions: rows.map((one) => sessionMessage(one, token.id)), nextPageToken }
    },
    endSession: async ({ id }, call) => {
      const { user, token } = theAsker(call)
      const gone = await store.endSessions(user.id, { id })
      const [one] = gone
      if (!one) throw notFound('session', id)
      call.was(sessionMessage(one, token.id))
      await ended(gone, call.now)
      return {}
    },
    signOutEverywhere: async (_request, call) => {
      const { user } = theAsker(call)
      call.about(user.id)
      await ended(await store.endSessions(user.id, { but: '' }), call.now)
      return {}
    },
  }
}
