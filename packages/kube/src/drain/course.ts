import type { PodReason } from './judge.ts'
import { type PodOnNode, podName } from './pod.ts'

/** How far a drain is. */
export type DrainProgress = {
  /** Pods that are gone since this drain began. */
  moved: number
  left: number
  /** Every pod that is left, and what it waits for. */
  waiting: PodReason[]
}

/** What a drain remembers of a pod between two looks. It can be lost: the pods themselves tell the rest. */
export type Moving = {
  pod: PodOnNode
  /** The API server has taken its eviction. */
  taken: boolean
  refusals: number
  /** In milliseconds; not before it is its eviction asked for again. */
  notBefore: number
  /** What holds it back, and what a person can do about that. */
  held: { reason: string; hint: string } | undefined
}

/** The pods of a drain, by uid. */
export type Course = { moving: Map<string, Moving>; gone: number }

/** A drain that is to move these pods. */
export function begin(pods: readonly PodOnNode[]): Course {
  return { moving: new Map(pods.map((pod) => [pod.uid, newcomer(pod)])), gone: 0 }
}

/**
 * Takes in which pods are there now. One that came after the drain began, because it tolerates a cordoned node, is
 * let be and answered: it would come back for ever.
 */
export function takeIn(course: Course, pods: readonly PodOnNode[]): PodReason[] {
  const present = new Set(pods.map(({ uid }) => uid))
  for (const uid of course.moving.keys()) {
    if (present.has(uid)) continue
    course.moving.delete(uid)
    course.gone++
  }
  const letBe: PodReason[] = []
  for (const pod of pods) {
    const known = course.moving.get(pod.uid)
    if (known) known.pod = pod
    else if (!pod.toleratesCordon) course.moving.set(pod.uid, newcomer(pod))
    else letBe.push({ pod: podName(pod), reason: 'came to the cordoned node, which it tolerates' })
  }
  return letBe
}

/** Those whose eviction is to be asked for now. One that is ending is asked only to end sooner. */
export function due(course: Course, at: number, gracePeriodSeconds: number | undefined): Moving[] {
  return [...course.moving.values()].filter(
    ({ pod, taken, notBefore }) =>
      notBefore <= at && (!pod.endsBy || (gracePeriodSeconds !== undefined && !taken)),
  )
}

/** How far it is, in words. */
export function progressOf({ moving, gone }: Course, at: number): DrainProgress {
  const waiting = [...moving.values()].map((one) => ({
    pod: podName(one.pod),
    reason: whatHolds(one, at).reason,
  }))
  return { moved: gone, left: waiting.length, waiting }
}

/** What a pod waits for, and the way out. */
export function whatHolds({ pod, taken, held }: Moving, at: number): { reason: string; hint: string } {
  const { endsBy, finalizers } = pod
  if (endsBy) {
    const by = `${endsBy.toISOString().slice(0, 19)}Z`
    if (endsBy.getTime() > at) return { reason: `is ending, by ${by} at the latest`, hint: ENDING }
    const reason =
      finalizers.length > 0
        ? `should have ended by ${by}, but is kept by ${finalizers.join(', ')}`
        : `should have ended by ${by}, but its kubelet has not said that it did`
    return { reason, hint: OVERDUE }
  }
  if (taken) return { reason: 'was told to end', hint: ENDING }
  return held ?? { reason: 'was not asked to go yet', hint: 'Drain the node again.' }
}

const ENDING = 'Give it that time, then drain the node again.'
const OVERDUE = "Look at its node's kubelet and at its finalizers, then drain the node again."

function newcomer(pod: PodOnNode): Moving {
  return { pod, taken: false, refusals: 0, notBefore: 0, held: undefined }
}
