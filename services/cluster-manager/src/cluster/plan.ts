import { createHash } from 'node:crypto'
import type { Flow, FlowStep, Subject } from '../flow/flow.ts'
import type { ObservedHost } from './observed.ts'

/** What a change would do, before it is done. */
export type Plan = {
  digest: string
  kind: string
  steps: PlannedStep[]
  pullMib: number
  expectedMinutes: number
  notes: string[]
}

type PlannedStep = {
  name: string
  title: string
  nodes: string[]
  changes: string[]
  needs: string[]
  pullMib: number
  expectedMinutes: number
}

const MIB = 2 ** 20

/**
 * Makes the plan of a flow: pure, the same input gives the same digest. `history` has the minutes that steps took here
 * before; it is told, but no part of the digest.
 */
export function makePlan(
  flow: Flow,
  subject: Subject,
  rests: { cluster: unknown; release: string; history: ReadonlyMap<string, number> },
): Plan {
  const taken = flow.steps.filter(({ when }) => !when || when(subject))
  const steps = taken.map((step) => planned(step, taken, subject, rests.history))
  const known = steps.every(({ name }) => rests.history.has(name))
  return {
    digest: digestOf(steps, subject, rests),
    kind: flow.kind,
    steps,
    pullMib: steps.reduce((sum, { pullMib }) => sum + pullMib, 0),
    expectedMinutes: known ? minutesOf(steps) : 0,
    notes: known ? [] : ['How long it takes is not known yet: not every step has been done here before.'],
  }
}

/** The parts of a digest, in their order: what a stale one is compared by. */
const parts = ['cluster', 'hosts', 'release', 'steps'] as const

/** What differs between the plan that was read and the one of now, in words; empty when they are the same. */
export function staleParts(read: string, current: string): string[] {
  if (read === current) return []
  const [, ...then] = read.split('.')
  const [, ...now] = current.split('.')
  const moved = parts.filter((_, index) => then[index] !== now[index])
  return then.length === now.length && moved.length > 0 ? moved : ['the whole plan']
}

/** SHA-256 over everything, then 8 hex digits of each part, so that a stale digest tells what moved. */
function digestOf(
  steps: readonly PlannedStep[],
  { spec, hosts, wishes }: Subject,
  { cluster, release }: { cluster: unknown; release: string },
): string {
  const whole = {
    cluster: { spec, wishes, cluster },
    hosts: [...hosts.values()].sort((a, b) => a.id.localeCompare(b.id)).map(relevant),
    release,
    steps: steps.map(({ expectedMinutes: _told, ...step }) => step),
  }
  const short = parts.map((part) => sha256(canonical(whole[part])).slice(0, 8))
  return [sha256(canonical(whole)), ...short].join('.')
}

/** What a plan rests on of a host. Free space and the clock move all the time: they are checked, not promised. */
function relevant({ id, name, address, port, credential, profile, settings, cluster, facts }: ObservedHost) {
  const { platform, architecture, cpus, memoryMib, machineId, cgroupVersion } = facts ?? {}
  return {
    ...{ id, name, address, port, credential, profile, settings, cluster },
    ...{ platform, architecture, cpus, memoryMib, machineId, cgroupVersion },
  }
}

function planned(
  step: FlowStep,
  taken: readonly FlowStep[],
  subject: Subject,
  history: ReadonlyMap<string, number>,
): PlannedStep {
  return {
    name: step.name,
    title: step.title,
    nodes: step.nodes(subject).map(({ name }) => name),
    changes: step.changes(subject),
    needs: step.needs.filter((name) => taken.some((one) => one.name === name)),
    pullMib: Math.ceil((step.pulls?.(subject) ?? 0) / MIB),
    expectedMinutes: Math.round((history.get(step.name) ?? 0) * 100) / 100,
  }
}

/** The longest way through the graph: what stands beside each other runs at the same time. */
function minutesOf(steps: readonly PlannedStep[]): number {
  const until = new Map<string, number>()
  for (const { name, needs, expectedMinutes } of steps) {
    until.set(name, Math.max(0, ...needs.map((need) => until.get(need) ?? 0)) + expectedMinutes)
  }
  return Math.round(Math.max(0, ...until.values()) * 100) / 100
}

/** JSON with the keys of every object in order, and without what is undefined. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

/** SHA-256 of a text in hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
