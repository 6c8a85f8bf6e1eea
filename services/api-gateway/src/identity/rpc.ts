import type { IdentityServiceServer } from '@slipway/contracts/identity/v1/identity_service'
import { conflict, denied, notFound } from '@slipway/errors'
import { v7 as uuidv7 } from 'uuid'
import { type Membership, roleInInstall } from '../pipeline/authorise.ts'
import { type Own, type OwnCall, theAsker } from '../pipeline/handle.ts'
import { pageFrom, pageOf } from '../pipeline/page.ts'
import { projectRoles, rightsOf } from '../pipeline/rights.ts'
import type { SessionStore } from '../session/store.ts'
import { sessionMessage } from '../session/wire.ts'
import { createToken } from './create-token.ts'
import { enrol, newEnrolmentCode } from './enrol.ts'
import { enrolWithPassword } from './enrol-with-password.ts'
import { stateOf, type TokenState, tokenStates } from './identity.ts'
import { createEnrolmentCode } from './new-code.ts'
import type { IdentityStore } from './store.ts'
import { updateUser } from './update-user.ts'
import { tokenMessage, userMessage } from './wire.ts'

/** What has to happen elsewhere when somebody's rights end. */
export type RightsEnded = (of: { user: string } | { token: string }, now: Date) => Promise<void>

/** IdentityService: proto method → verb. */
export function identityHandlers(parts: {
  store: IdentityStore
  sessions: SessionStore
  membership: Membership
  rightsEnded: RightsEnded
  enrolled: () => Promise<void>
}): Own<IdentityServiceServer> {
  const { store, sessions, membership, rightsEnded, enrolled } = parts
  return {
    enrol: async ({ code, tokenName, password, name }, { now }) => {
      if (password !== '') {
        const user = await enrolWithPassword(store, { code, password, name }, now)
        const gone = await sessions.endSessions(user.id, { but: '' })
        for (const { id } of gone) await rightsEnded({ token: id }, now)
        await enrolled()
        return { user: userMessage(user), token: undefined, secret: '' }
      }
      const { user, token, secret } = await enrol(store, { code, tokenName }, now)
      await enrolled()
      return { user: userMessage(user), token: tokenMessage(token, 'usable'), secret }
    },
    whoAmI: async (_request, call) => {
      const asker = theAsker(call)
      const { user, token, session } = asker
      const roles = projectRoles.filter((role) => role !== 'administrator' || user.administrator)
      return {
        user: userMessage({ ...user, enabled: true }),
        token: session ? undefined : tokenMessage({ ...token, userId: user.id }, 'usable'),
        session: session && sessionMessage(session, session.id),
        hasPassword: await sessions.hasPassword(user.id),
        may: rightsOf(roleInInstall(asker), 'install', token.scope),
        roles: roles.map((role) => ({ role, may: rightsOf(role, 'project', token.scope) })),
      }
    },
    createUser: async ({ name, administrator }, { now }) => {
      const { code, ...enrolment } = newEnrolmentCode(now)
      const user = { id: uuidv7(), name, administrator, enabled: true, createdAt: now }
      if (!(await store.createUser(user, enrolment))) {
        throw conflict('name', `There is a user ${name} already.`, 'Choose another name.')
      }
      return { user: userMessage(user), enrolmentCode: code, enrolmentExpiresAt: enrolment.expiresAt }
    },
    listUsers: async (request) => {
      const { limit, after } = pageOf(request)
      const found = await store.listUsers(request.search, after, limit + 1)
      const { rows, nextPageToken } = pageFrom(found, limit, ({ id }) => id)
      return { users: rows.map(userMessage), nextPageToken }
    },
    updateUser: async ({ id, enabled, administrator }, { was, now }) => {
      const { before, after } = await updateUser(store, id, { enabled, administrator }, now)
      was(userMessage(before))
      if (!after.enabled) await rightsEnded({ user: id }, now)
      return userMessage(after)
    },
    createToken: async ({ name, scope, project, expiresInHours }, call) => {
      const asker = theAsker(call)
      const wish = { name, scope: scope === 'read' ? 'read' : 'write', project, expiresInHours } as const
      const { token, secret } = await createToken(store, membership, { asker, wish, now: call.now })
      return { token: tokenMessage(token, 'usable'), secret }
    },
    createEnrolmentCode: async ({ id }, { now }) => {
      const { user, code, expiresAt } = await createEnrolmentCode(store, id, now)
      return { user: userMessage(user), enrolmentCode: code, enrolmentExpiresAt: expiresAt }
    },
    listTokens: async (request, call) => {
      const { limit, after } = pageOf(request)
      const { now } = call
      const whose = { user: await ownerAsked(request.user, call), state: stateAsked(request.state), now }
      const found = await store.listTokens(whose, after, limit + 1)
      const { rows, nextPageToken } = pageFrom(found, limit, ({ token }) => token.id)
      const tokens = rows.map(({ token, owner }) => tokenMessage(token, stateOf(token, owner, now)))
      return { tokens, nextPageToken }
    },
    revokeToken: async ({ id }, call) => {
      const { user } = theAsker(call)
      const deleted = await store.deleteToken(id, call.role === 'administrator' ? undefined : user.id)
      if (!deleted) throw notFound('token', id)
      const { token, owner } = deleted
      call.was(tokenMessage(token, stateOf(token, owner, call.now)))
      await rightsEnded({ token: id }, call.now)
      return {}
    },
  }

  /** Whose tokens are listed: one's own, or anybody's for an administrator. */
  async function ownerAsked(user: string, call: OwnCall): Promise<string> {
    const { id } = theAsker(call).user
    if (user === '' || user === id) return id
    if (call.role !== 'administrator') {
      throw denied('Only administrators list tokens of others.', 'Leave user out to list your own.')
    }
    if (!(await store.findUser(user))) throw notFound('user', user)
    return user
  }
}

function stateAsked(text: string): TokenState | undefined {
  return tokenStates.find((one) => one === text)
}
