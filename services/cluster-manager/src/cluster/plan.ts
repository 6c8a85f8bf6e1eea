import { createHash } from 'node:crypto'
import type { Flow, FlowStep, Subject } from '../flow/flow.ts'
import type { ObservedHost } from './observed.ts'
import type { NodeSpec } from './spec.ts'

/** What a change would do, before it is done. */
export type Plan = {
  digest: string
  kind: string
  steps: PlannedStep[]
  pullMib: number
  /** Half of the times; 0 before there is a history. */
  expectedMinutes: number
  /** Nine times of ten. */
  atMostMinutes: number
  notes: string[]
}

/** A plan, and all that its digest was made of. */
export type MadePlan = { plan: Plan; basis: unknown }

/** Minutes that a kind of step took here: the middle of them, and what nine of ten stayed below. */
export type Took = { half: number; most: number }

type PlannedStep = {
  name: string
  title: string
  nodes: string[]
  changes: string[]
  needs: string[]
  pullMib: number
  expectedMinutes: number
  atMostMinutes: number
  disturbance: string
  quorumMargin: number
  undo: string
  lasting: string
  whenSkipped: string
}

const MIB = 2 ** 20

/**
 * Makes the plan of a flow: pure, the same input gives the same digest. `history` has the minutes that steps took here
 * before; it is told, but no part of the digest.
 */
export function makePlan(
  flow: Flow,
  subject: Subject,
  rests: {
    cluster: unknown
    release: string
    history: ReadonlyMap<string, Took>
    /** What else a person should know before it begins; no part of the digest. */
    notes?: readonly string[]
  },
): MadePlan {
  const taken = flow.steps.filter(({ when }) => !when || when(subject))
  const steps = taken.map((step) => planned(step, taken, subject, rests.history))
  const known = steps.every(({ name }) => rests.history.has(name))
  const basis = basisOf(steps, subject, rests)
  const plan = {
    digest: sha256(canonical(basis)),
    kind: flow.kind,
    steps,
    pullMib: steps.reduce((sum, { pullMib }) => sum + pullMib, 0),
    expectedMinutes: known ? longestWay(steps, ({ expectedMinutes }) => expectedMinutes) : 0,
    atMostMinutes: known ? longestWay(steps, ({ atMostMinutes }) => atMostMinutes) : 0,
    notes: [
      ...(rests.notes ?? []),
      ...(known ? [] : ['How long it takes is not known yet: not every step has been done here before.']),
    ],
  }
  return { plan, basis }
}

/** Everything that a digest is made of, by names that a person can read a difference in. */
function basisOf(
  steps: readonly PlannedStep[],
  { spec, hosts, wishes }: Subject,
  { cluster, release }: { cluster: unknown; release: string },
): unknown {
  const byName = <T extends { name: string }>(all: readonly T[]) =>
    Object.fromEntries(all.map(({ name, ...rest }) => [name, rest]))
  const { nodes, ...settings } = spec
  return {
    cluster: { settings, nodes: byName(nodes), wishes, cluster },
    hosts: byName([...hosts.values()].map(relevant)),
    release,
    steps: byName(steps.map(({ expectedMinutes: _half, atMostMinutes: _most, ...step }) => step)),
  }
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
  history: ReadonlyMap<string, Took>,
): PlannedStep {
  const nodes = step.nodes(subject)
  const took = history.get(step.name)
  return {
    name: step.name,
    title: step.title,
    nodes: nodes.map(({ name }) => name),
    changes: step.changes(subject),
    needs: step.needs.filter((name) => taken.some((one) => one.name === name)),
    pullMib: Math.ceil((step.pulls?.(subject) ?? 0) / MIB),
    expectedMinutes: hundredths(took?.half ?? 0),
    atMostMinutes: hundredths(took?.most ?? 0),
    disturbance: step.disturbance ?? 'none',
    quorumMargin: quorumMargin(subject.spec.nodes, step.takesControlPlanes ? nodes : []),
    undo: step.undo?.title ?? '',
    lasting: step.lasting ?? '',
    whenSkipped: step.whenSkipped ?? '',
  }
}

/** Control planes that may fail before etcd loses its quorum, while those of `away` are away. */
function quorumMargin(nodes: readonly NodeSpec[], away: readonly NodeSpec[]): number {
  const isControlPlane = ({ role }: NodeSpec) => role === 'control-plane'
  const all = nodes.filter(isControlPlane).length
  return Math.max(0, Math.floor((all - 1) / 2) - away.filter(isControlPlane).length)
}

/** The longest way through the graph: what stands beside each other runs at the same time. */
function longestWay(steps: readonly PlannedStep[], minutesOf: (step: PlannedStep) => number): number {
  const until = new Map<string, number>()
  for (const step of steps) {
    const begins = Math.max(0, ...step.needs.map((need) => until.get(need) ?? 0))
    until.set(step.name, begins + minutesOf(step))
  }
  return hundredths(Math.max(0, ...until.values()))
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100
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
