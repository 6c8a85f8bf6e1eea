import { canGoOn } from './lifecycle.ts'
import type { Operation, Plan } from './queries.ts'

/** The steps that the plan lets be left out, of those that have not been done. */
export function skippableOf({ state, steps, undoing }: Operation, plan: Plan | undefined) {
  if (!canGoOn(state) || undoing) return []
  return (plan?.steps ?? []).filter(({ name, whenSkipped }) => {
    const step = steps.find((one) => one.name === name)
    return whenSkipped !== '' && step && !['succeeded', 'skipped', 'running'].includes(step.state)
  })
}
