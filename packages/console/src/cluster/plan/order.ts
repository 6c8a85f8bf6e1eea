import type { Message } from '../../api/client.ts'

export type Plan = Message<'operation.v1.Plan'>
export type PlannedStep = Plan['steps'][number]

/** A step with its place in the graph: how many steps come before it at least, and the numbers of those it waits for. */
export type Placed = { step: PlannedStep; number: number; level: number; after: number[] }

/** The steps in the order in which they can be done, numbered from 1; those of one level run at the same time. */
export function placed(steps: readonly PlannedStep[]): Placed[] {
  const levels = new Map<string, number>()
  for (const { name, needs } of steps) {
    levels.set(name, Math.max(-1, ...needs.map((need) => levels.get(need) ?? -1)) + 1)
  }
  const numbers = new Map(steps.map(({ name }, index) => [name, index + 1]))
  return steps.map((step, index) => ({
    ...{ step, number: index + 1, level: levels.get(step.name) ?? 0 },
    after: step.needs.flatMap((need) => numbers.get(need) ?? []),
  }))
}
