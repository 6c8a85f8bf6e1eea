import { type Access, isEnough, type Role } from '@slipway/contracts'
import { denied, notFound, unauthenticated } from '@slipway/errors'
import type { Asker } from './authenticate.ts'

/** What is known about a project and one person: undefined when there is no such project. */
export type Membership = (project: string, user: string) => Promise<{ role: Role | undefined } | undefined>

/**
 * Whether this person may make this call on this object; answers the role held there.
 * A project that one is no member of looks exactly like one that does not exist.
 */
export async function authorise(
  access: Access,
  asker: Asker | undefined,
  project: string,
  membership: Membership,
): Promise<Role | undefined> {
  if (access.role === 'anyone') return undefined
  if (!asker) throw unauthenticated('Nobody is signed in.', 'Send an API token.')
  const role =
    access.scope === 'project' ? await roleInProject(asker, project, membership) : roleInInstall(asker)
  if (!isEnough(role, access)) {
    const where = access.scope === 'project' ? 'in this project' : 'in this install'
    throw denied(
      `It takes the role ${access.role} ${where}; ${asker.user.name} is ${role}.`,
      'Ask an administrator for the role.',
    )
  }
  if (!access.safe && asker.token.scope === 'read') {
    throw denied('The token is for reading only.', 'Use a token with the scope write.')
  }
  return role
}

async function roleInProject(asker: Asker, project: string, membership: Membership): Promise<Role> {
  const hidden = asker.token.project !== '' && asker.token.project !== project
  const known = hidden ? undefined : await membership(project, asker.user.id)
  const role = known && (asker.user.administrator ? 'administrator' : known.role)
  if (!role) throw notFound('project', project)
  return role
}

/** What somebody is in the install. A token for one project gives nothing above membership in the install. */
export function roleInInstall(asker: Asker): Role {
  return asker.user.administrator && asker.token.project === '' ? 'administrator' : 'viewer'
}
