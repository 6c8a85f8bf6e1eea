import { type Access, isEnough, type Role } from '@slipway/contracts'

/** Who asked for something that waits, and what the role there was then; none is known of what waited before roles were kept. */
export type Asker = { id: string; as: Role | undefined }

/** A person as api-gateway said last. */
export type Person = { id: string; name: string; administrator: boolean; enabled: boolean }

/** What a person may do in a project, as api-gateway said last: nothing when the role is empty. */
export type Member = { project: string; person: string; name: string; role: 'operator' | 'viewer' | '' }

/** What was heard of an asker; what was true at the asking holds until something is. */
export type Heard = { person: Person | undefined; member: Member | undefined }

/** Why an asker may not do any more what takes such a role; undefined when nothing that was heard speaks against it. Pure. */
export function rightLost(
  asker: Asker,
  { person, member }: Heard,
  needed: Access['role'],
): string | undefined {
  const name = person?.name ?? member?.name ?? asker.id
  if (person && !person.enabled) return `${name} is disabled.`
  // Administrators are members of no project, or of less than they may: only what is said of the person ends their rights.
  if (person ? person.administrator : asker.as === 'administrator') return undefined
  const wasAdministrator = asker.as === 'administrator'
  if (!member && !wasAdministrator) return undefined
  if (!member?.role) {
    if (wasAdministrator) return `${name} is no administrator any more and no member of this project.`
    return `${name} is no member of this project any more.`
  }
  if (isEnough(member.role, { role: needed })) return undefined
  return `${name} is ${member.role} in this project now, and it takes the role ${needed}.`
}
