import type { Operation, Plan, Step } from './queries.ts'

/** A step on the axis of time, in seconds since the operation began. */
export type Scheduled = {
  step: Step
  /** When it began; for one that has not, when it would. */
  from: number
  /** How long it took or has taken; nothing while it has not begun. */
  took: number | undefined
  /** How long half of such steps took; 0 before there is any history. */
  expected: number
  /** Longer than nine of ten such steps. */
  isLate: boolean
}

/** Where each step of an operation stands in time: what began as it was, the rest as the plan expects it after what it needs. */
export function scheduleOf(
  { steps, startedAt, endedAt }: Operation,
  plan: Plan | undefined,
  now: number,
): { rows: Scheduled[]; length: number } {
  const zero = startedAt ? Date.parse(startedAt) : now
  const ends = new Map<string, number>()
  const sinceBegin = endedAt ? 0 : Math.max(0, (now - zero) / 1000)
  const rows = steps.map((step): Scheduled => {
    const planned = plan?.steps.find(({ name }) => name === step.name)
    const expected = (planned?.expectedMinutes ?? 0) * 60
    const needed = Math.max(0, ...(planned?.needs ?? []).map((name) => ends.get(name) ?? 0))
    const begun = step.startedAt && step.state !== 'pending' ? secondsAfter(zero, step.startedAt) : undefined
    const ended = step.endedAt ? secondsAfter(zero, step.endedAt) : (now - zero) / 1000
    // What has not begun yet begins now at the earliest.
    const from = begun ?? Math.max(needed, step.state === 'pending' && startedAt ? sinceBegin : 0)
    const took = begun === undefined ? undefined : Math.max(0, ended - begun)
    const isOver = took !== undefined && step.state !== 'running'
    ends.set(step.name, from + (isOver ? took : Math.max(took ?? 0, expected)))
    const atMost = (planned?.atMostMinutes ?? 0) * 60
    return { step, from, took, expected, isLate: atMost > 0 && (took ?? 0) > atMost }
  })
  return { rows, length: Math.max(1, ...ends.values()) }
}

function secondsAfter(zero: number, at: string): number {
  return Math.max(0, (Date.parse(at) - zero) / 1000)
}
