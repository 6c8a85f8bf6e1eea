import { type Access, isEnough, type Method, methods, type Role } from '@slipway/contracts'

/** Roles that somebody may have in a project, the highest first. */
export const projectRoles = ['administrator', 'operator', 'viewer'] as const

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
