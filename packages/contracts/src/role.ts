import type { Access } from './method.ts'

/** The role that somebody has where a call happens: in its project, or in the install. */
export type Role = 'administrator' | 'operator' | 'viewer'

const rank = { member: 0, viewer: 1, operator: 2, administrator: 3 }

/** Whether a role is enough for a call. */
export function isEnough(role: Role, { role: needed }: Pick<Access, 'role'>): boolean {
  return needed === 'anyone' || rank[role] >= rank[needed]
}
