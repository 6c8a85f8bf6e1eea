import { type Problem, precondition } from '@slipway/errors'
import diff, { type Difference } from 'microdiff'
import type { Database } from '../store.ts'
import { canonical, type MadePlan } from './plan.ts'
import { findGivenPlan, keepGivenPlan } from './store.ts'

/** Keeps what a plan rests on that a person was shown, so that a difference can be told when it is applied. */
export async function rememberPlan(
  db: Database,
  project: string,
  { plan, basis }: MadePlan,
  now: Date,
): Promise<void> {
  await keepGivenPlan(db, { project, digest: plan.digest, basis: JSON.parse(canonical(basis)), givenAt: now })
}

/** Refuses a digest that was read before the world moved, with what moved. An empty one takes any plan. */
export async function refuseStale(
  db: Database,
  project: string,
  read: string,
  { plan, basis }: MadePlan,
): Promise<void> {
  if (read === '' || read === plan.digest) return
  const before = await findGivenPlan(db, project, read)
  const hint = 'Ask for the plan again (dryRun=plan), read it, and send its digest.'
  const told = before === undefined ? ['no such plan was given, or too long ago'] : differences(before, basis)
  throw precondition(told.map((message): Problem => ({ field: 'planDigest', message, hint })))
}

/** As many as a person reads. */
const MOST = 20

/** What differs between what two plans rest on, a sentence each. Pure. */
export function differences(before: unknown, after: unknown): string[] {
  const now: unknown = JSON.parse(canonical(after))
  const all = diff({ '': before }, { '': now }).filter(isOfItsOwn).map(sentence)
  return all.length > MOST ? [...all.slice(0, MOST), `${all.length - MOST} more things differ`] : all
}

/** What a change makes of nodes follows from the nodes, which are told themselves. */
function isOfItsOwn({ path }: Difference): boolean {
  return !path.join('.').includes('.wishes.change.')
}

function sentence(difference: Difference): string {
  const at = difference.path.slice(1).join('.')
  if (difference.type === 'CREATE') return `${at} is new: ${short(difference.value)}`
  if (difference.type === 'REMOVE') return `${at} is gone: ${short(difference.oldValue)}`
  return `${at} was ${short(difference.oldValue)} and is ${short(difference.value)}`
}

function short(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}
