import type { Problem } from '@slipway/errors'
import { type Budget, guards } from './budget.ts'
import { isFinished, type PodOnNode, podName } from './pod.ts'

/** What a drain may do beyond moving pods that come back elsewhere. */
export type DrainOptions = {
  /** Pods may lose what they hold in emptyDir volumes. */
  deleteEmptyDirData: boolean
  /** Pods without a controller may go for good. */
  force: boolean
}

/** What is known of a node's pods. */
export type Survey = {
  pods: readonly PodOnNode[]
  /** The budgets of their namespaces. */
  budgets: readonly Budget[]
  /** The pods, by uid, whose DaemonSet is no longer there. */
  orphans: ReadonlySet<string>
}

/** What a drain does with each pod of a node; it begins only when nothing is refused. */
export type Judgement = { moved: PodOnNode[]; stays: PodReason[]; refused: Problem[] }

/** A pod as `namespace/name`, and why it is as it is. */
export type PodReason = { pod: string; reason: string }

/** Decides as `kubectl drain --ignore-daemonsets` does, but tells every reason at once. */
export function judge({ pods, budgets, orphans }: Survey, options: DrainOptions): Judgement {
  const judgement: Judgement = { moved: [], stays: [], refused: [] }
  for (const pod of pods) {
    const reason = whyItStays(pod, orphans)
    const problems = reason ? [] : whyRefused(pod, { budgets, orphans, options })
    if (reason) judgement.stays.push({ pod: podName(pod), reason })
    else if (problems.length > 0) judgement.refused.push(...problems)
    else judgement.moved.push(pod)
  }
  return judgement
}

function whyItStays(pod: PodOnNode, orphans: ReadonlySet<string>): string | undefined {
  if (pod.mirror) return 'its kubelet runs it from a file on the node'
  if (isOfDaemonSet(pod) && !isFinished(pod) && !orphans.has(pod.uid)) {
    return `DaemonSet ${pod.owner?.name} runs one on every node`
  }
  return undefined
}

/** Whether a DaemonSet made it. */
export function isOfDaemonSet({ owner }: PodOnNode): boolean {
  return owner?.kind === 'DaemonSet'
}

function whyRefused(
  pod: PodOnNode,
  {
    budgets,
    orphans,
    options,
  }: { budgets: readonly Budget[]; orphans: ReadonlySet<string>; options: DrainOptions },
): Problem[] {
  // Whatever it would lose is lost already.
  if (isFinished(pod) || pod.endsBy) return []
  const problem = (message: string, hint: string) => ({ field: `pod ${podName(pod)}`, message, hint })
  const problems: Problem[] = []
  if (!options.force && !pod.owner) {
    const hint = 'Delete it or give it a controller; or drain with force, which deletes it for good.'
    problems.push(problem('has no controller that would make it anew elsewhere', hint))
  }
  if (!options.force && orphans.has(pod.uid)) {
    const hint = 'Delete it; or drain with force, which does.'
    problems.push(problem(`was made by DaemonSet ${pod.owner?.name}, which is no longer there`, hint))
  }
  if (!options.deleteEmptyDirData && pod.emptyDir) {
    const hint = 'Save what is worth it, then drain with deleteEmptyDirData.'
    problems.push(problem('holds data in an emptyDir volume, which would be lost', hint))
  }
  const guarding = guards(budgets, pod)
  if (guarding.length > 1) {
    const names = guarding.map(({ name }) => name).join(', ')
    const hint = 'Delete or narrow all but one of them.'
    problems.push(
      problem(`is guarded by several PodDisruptionBudgets (${names}): Kubernetes evicts no such pod`, hint),
    )
  }
  return problems
}
