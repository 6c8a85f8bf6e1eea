import type { Transaction } from '../store.ts'
import type { Heard, Member, Person } from './asker.ts'

/** Keeps what was said of a person, unless something later is kept already. */
export async function keepPerson(db: Transaction, person: Person, sequence: number): Promise<void> {
  const { id, name, administrator, enabled } = person
  await db.$executeRaw`
    INSERT INTO heard_person (id, name, administrator, enabled, sequence)
    VALUES (${id}, ${name}, ${administrator}, ${enabled}, ${sequence})
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, administrator = excluded.administrator,
      enabled = excluded.enabled, sequence = excluded.sequence
    WHERE heard_person.sequence < excluded.sequence`
}

/** Keeps what was said of a membership, unless something later is kept already. */
export async function keepMember(db: Transaction, member: Member, sequence: number): Promise<void> {
  const { project, person, name, role } = member
  await db.$executeRaw`
    INSERT INTO heard_member (project, person, name, role, sequence)
    VALUES (${project}, ${person}, ${name}, ${role}, ${sequence})
    ON CONFLICT (project, person) DO UPDATE SET name = excluded.name, role = excluded.role, sequence = excluded.sequence
    WHERE heard_member.sequence < excluded.sequence`
}

/** What was heard of a person and of the membership in a project. */
export async function readHeard(db: Transaction, project: string, person: string): Promise<Heard> {
  const [known, member] = await Promise.all([
    db.heardPerson.findUnique({ where: { id: person } }),
    db.heardMember.findUnique({ where: { project_person: { project, person } } }),
  ])
  return { person: known ?? undefined, member: member ? { ...member, role: roleOf(member.role) } : undefined }
}

function roleOf(role: string): Member['role'] {
  return role === 'operator' || role === 'viewer' ? role : ''
}
