import { eventSubject, readEvent } from '@slipway/bus'
import { ProjectEvent, UserEvent } from '@slipway/contracts/event/v1/event'
import type { Database } from '../store.ts'
import type { Member } from './asker.ts'
import { keepMember, keepPerson } from './store.ts'

/** What is heard of askers: the durable consumer, what it hears, and what is kept of it. */
export const hearings = [
  {
    durable: 'cluster-manager-people',
    filter: eventSubject({ project: '', noun: 'user', id: '*', fact: '*' }),
    keep: keepUserEvent,
  },
  {
    durable: 'cluster-manager-members',
    filter: eventSubject({ project: '*', noun: 'project', id: '*', fact: '*' }),
    keep: keepProjectEvent,
  },
] as const

async function keepUserEvent(db: Database, body: Uint8Array): Promise<void> {
  const { sequence, data } = readEvent(body)
  const { user } = UserEvent.fromJSON(data)
  if (user) await keepPerson(db, user, sequence)
}

/** Most are about the project itself and name no member. One that goes has no member left that could have asked for anything. */
async function keepProjectEvent(db: Database, body: Uint8Array): Promise<void> {
  const { id: project, fact, sequence, data } = readEvent(body)
  const { member } = ProjectEvent.fromJSON(data)
  if (!member) return
  const role = fact === 'member-removed' ? '' : roleOf(member.role)
  await keepMember(db, { project, person: member.user, name: member.userName, role }, sequence)
}

function roleOf(role: string): Member['role'] {
  return role === 'operator' ? 'operator' : 'viewer'
}
