import { denied } from '@slipway/errors'

/** The group inside clusters of a role held in the project; infra/kubernetes/people.yaml gives them their rights. */
const groups = {
  administrator: 'slipway:administrators',
  operator: 'slipway:operators',
  viewer: 'slipway:viewers',
} as const

/** A person behind a call: id, name, and the role held in its project. */
export type Person = { user: string; name: string; role: keyof typeof groups }

/** The person that asks for what only people are given. */
export function thePerson(person: Person | undefined): Person {
  if (!person) throw denied('What is inside a cluster is given to people.', 'Ask for it signed in.')
  return person
}

/** Who a person is inside a cluster. */
export function inCluster({ name, role }: Pick<Person, 'name' | 'role'>): { user: string; group: string } {
  return { user: `slipway:${name}`, group: groups[role] }
}
