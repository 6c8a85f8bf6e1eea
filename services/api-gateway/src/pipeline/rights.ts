import { type Access, type Method, methods } from '@slipway/contracts'

/** The role that somebody has where a call happens: in its project, or in the install. */
export type Role = 'administrator' | 'operator' | 'viewer'

/** Roles that somebody may have in a project, the highest first. */
export const projectRoles = ['administrator', 'operator', 'viewer'] as const

const rank = { member: 0, viewer: 1, operator: 2, administrator: 3 }

/** Whether a role is enough for a call. */
export function isEnough(role: Role, { role: needed }: Access): boolean {
  return needed === 'anyone' || rank[role] >= rank[needed]
}

/** The name of a method in the API document: `IdentityService_CreateToken`. */
export function operationIdOf({ service, name }: Pick<Method, 'service' | 'name'>): string {
  return `${service.split('.').at(-1)}_${name}`
}

/** The operations that a role may call in projects, or in the install; only those that change nothing, for a token that reads. */
export function rightsOf(role: Role, scope: Access['scope'], token: 'read' | 'write'): string[] {
  const may = Object.values(methods).filter(
    ({ access }) => access?.scope === scope && isEnough(role, access) && (token === 'write' || access.safe),
  )
  return may.map(operationIdOf).sort()
}
