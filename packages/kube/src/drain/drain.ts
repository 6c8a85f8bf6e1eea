import { precondition } from '@slipway/errors'
import type { Connection } from '../client.ts'
import { patient } from '../patient.ts'
import { until } from '../until.ts'
import { begin, type Course, type DrainProgress, progressOf, takeIn, whatHolds } from './course.ts'
import { evictDue } from './evict-due.ts'
import { type DrainOptions, judge, type PodReason } from './judge.ts'
import { podName, podsOn } from './pod.ts'
import { surveyNode } from './survey.ts'

/** A drain that is to be done. */
export type DrainWish = DrainOptions & {
  /** Ends it wherever it is. */
  signal: AbortSignal
  /** Ends it as well, as lateness. */
  deadline?: Date
  /** In place of each pod's own. */
  gracePeriodSeconds?: number
  /** Told whenever something changed. */
  onProgress?: (progress: DrainProgress) => void | Promise<void>
}

/** What a drain did. `moved` counts since this call; `stays` are pods that belong to the node. */
export type Drained = { moved: number; stays: PodReason[] }

const LOOK_EVERY_MS = 1_000

/** What the drain of a node works with. */
type Deps = { connection: Connection; now: () => Date; cordon: (name: string) => Promise<boolean> }

/**
 * Moves the pods of a node away, as `kubectl drain --ignore-daemonsets` does. Refuses with every reason and nothing
 * changed; then cordons, evicts and waits until each pod is gone. Every look begins with the pods as they are, so a
 * drain that was killed is carried on by calling it again. Cancelled or late it throws what is left and why.
 */
export async function drain(deps: Deps, node: string, asked: DrainWish): Promise<Drained> {
  const { connection, now, cordon } = deps
  const wish = { ...asked, signal: endOf(asked, now) }
  const { signal } = wish
  const survey = await surveyNode(connection, node, wish)
  if (survey.refused.length > 0) throw precondition(survey.refused)
  await cordon(node)

  const course = begin(survey.moved)
  const tell = teller(course, deps, wish)
  const look = async () => {
    const { moved, stays, refused } = judge({ ...survey, pods: await podsOn(connection, node) }, wish)
    if (refused.length > 0) throw precondition(refused)
    const letBe = takeIn(course, moved)
    await evictDue(deps, course, wish)
    await tell()
    return course.moving.size === 0 ? { moved: course.gone, stays: [...stays, ...letBe] } : undefined
  }

  try {
    return await until(patient(look, now), { signal, everyMs: LOOK_EVERY_MS })
  } catch (error) {
    if (signal.aborted) throw leftBehind(node, { course, signal, at: now().getTime() })
    throw error
  }
}

/** Tells how far the drain is, whenever that is new. */
function teller(course: Course, { now }: Deps, { onProgress }: DrainWish): () => Promise<void> {
  let told = ''
  return async () => {
    const progress = progressOf(course, now().getTime())
    const text = JSON.stringify(progress)
    if (text !== told) await onProgress?.(progress)
    told = text
  }
}

function endOf({ signal, deadline }: DrainWish, now: () => Date): AbortSignal {
  if (!deadline) return signal
  return AbortSignal.any([signal, AbortSignal.timeout(Math.max(0, deadline.getTime() - now().getTime()))])
}

function leftBehind(
  node: string,
  { course, signal, at }: { course: Course; signal: AbortSignal; at: number },
) {
  const left = [...course.moving.values()]
  const isLate = signal.reason instanceof Error && signal.reason.name === 'TimeoutError'
  const end = isLate ? 'was not drained in time' : 'was no longer to be drained'
  const message = `${end}: ${left.length} of ${left.length + course.gone} pods are left, and it stays cordoned`
  const hint = 'Drain it again to carry on, or uncordon it.'
  return precondition([
    { field: `node ${node}`, message, hint },
    ...left.map((one) => {
      const { reason, hint } = whatHolds(one, at)
      return { field: `pod ${podName(one.pod)}`, message: reason, hint }
    }),
  ])
}
