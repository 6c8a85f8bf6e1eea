import { denied } from '@slipway/errors'

/** The group inside clusters of a role held in the project; infra/kubernetes/people.yaml gives them their rights. */
const groups = {
  administrator: 'slipway:administrators',
  operator: 'slipway:operators',
  viewer: 'slipway:viewers',
} as const

/** A person behind a call, and the role held in its project. */
export type Person = { name: string; role: keyof typeof groups }

/** Who a person is inside a cluster. */
export function inCluster(person: Person | undefined): { user: string; group: string } {
  if (!person) throw denied('What is inside a cluster is shown to people.', 'Ask for it signed in.')
  return { user: `slipway:${person.name}`, group: groups[person.role] }
}
