import { useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext } from 'react'
import { type Rule, ruleOf, rulesQuery } from '../../../../../api/rules.ts'
import type { StepName } from '../../../../../cluster/search.ts'
import type { Fault } from '../../../../../problem/problem.ts'
import type { Checked } from './check.ts'
import { type Draft, nodesOf, valueAt, withValue } from './draft.ts'
import { placeOf } from './fields.ts'

/** What the pages of the wizard share. */
export type Wizard = {
  project: string
  draft: Draft
  keep: (change: (was: Draft) => Draft) => void
  checked: Checked
}

const Shared = createContext<Wizard | undefined>(undefined)

/** Gives the wizard to its pages. */
export function WizardPages({ value, children }: { value: Wizard; children: ReactNode }) {
  return <Shared value={value}>{children}</Shared>
}

/** The wizard that a page belongs to. */
export function useWizard(): Wizard {
  const wizard = useContext(Shared)
  if (!wizard) throw new Error('this belongs into the wizard')
  return wizard
}

/** Where a fault belongs, and whether it is shown yet: nobody is scolded for what he has not come to. */
export function placed({
  draft,
  checked,
}: Wizard): { fault: Fault; step?: StepName; path?: string; isShown: boolean }[] {
  const nodes = nodesOf(draft).length
  return checked.faults.map((fault) => {
    const place = placeOf(fault.field, nodes)
    const isShown = !place || draft.touched.includes(place.path) || draft.touched.includes(place.step)
    return { fault, ...place, isShown }
  })
}

/** A field of the draft: its value, how to change it, what is wrong with it, and what the API says about it. */
export function useField(path: string): {
  value: unknown
  change: (value: unknown) => void
  faults: Fault[]
  rule: Rule
} {
  const wizard = useWizard()
  const { data } = useQuery(rulesQuery)
  const { draft, keep } = wizard
  return {
    value: valueAt(draft, path),
    change: (value) => keep((was) => touch(withValue(was, path, value), path)),
    faults: placed(wizard).flatMap(({ fault, path: at, isShown }) => (at === path && isShown ? [fault] : [])),
    rule: ruleOf(data, 'cluster.v1.CreateClusterRequest', path.replaceAll(/\[\d+\]/g, '').split('.')),
  }
}

/** The draft, remembering that somebody was there. */
export function touch(draft: Draft, ...places: string[]): Draft {
  return { ...draft, touched: [...new Set([...draft.touched, ...places])] }
}
