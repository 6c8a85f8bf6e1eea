import type { V1LabelSelector, V1PodDisruptionBudget } from '@kubernetes/client-node'
import { asking, type Connection } from '../client.ts'
import { everyPage } from '../page.ts'
import { isFinished, type PodOnNode, podName } from './pod.ts'
import { selects } from './selector.ts'

/** A PodDisruptionBudget, as it stands now. */
export type Budget = {
  namespace: string
  name: string
  selector: V1LabelSelector | undefined
  /** A number or a percentage; empty when the other one is given. */
  minAvailable: string
  maxUnavailable: string
  /** How many pods it lets go at this moment. */
  allowed: number
  healthy: number
  /** How many have to stay healthy. */
  desired: number
  /** Pods that are not Ready may always go. */
  letsUnready: boolean
}

/** A budget that does not let all pods of a node go at once. */
export type TightBudget = Pick<
  Budget,
  'namespace' | 'name' | 'minAvailable' | 'maxUnavailable' | 'allowed'
> & {
  /** The node's pods that it guards, as `namespace/name`. */
  pods: string[]
  /** The same as a sentence. */
  said: string
}

/** The budgets of one namespace. */
export function budgetsOf({ of, library }: Connection, namespace: string): Promise<Budget[]> {
  const policy = of(library.PolicyV1Api)
  return asking(`reading the PodDisruptionBudgets of ${namespace}`, async () => {
    const items = await everyPage((page) => policy.listNamespacedPodDisruptionBudget({ ...page, namespace }))
    return items.map(budgetOf)
  })
}

/** The budgets that guard a pod. A pod that has not begun, has finished or is ending is guarded by none. */
export function guards(budgets: readonly Budget[], pod: PodOnNode): Budget[] {
  if (isFinished(pod) || pod.phase === 'Pending' || pod.endsBy) return []
  return budgets.filter(
    ({ namespace, selector }) => namespace === pod.namespace && selects(selector, pod.labels),
  )
}

/** The budgets that would now hold back some of these pods. */
export function tightBudgets(budgets: readonly Budget[], pods: readonly PodOnNode[]): TightBudget[] {
  return budgets.flatMap((budget) => {
    const guarded = pods.filter((pod) => guards([budget], pod).length > 0 && !letsGo(budget, pod))
    if (guarded.length <= budget.allowed) return []
    const { namespace, name, minAvailable, maxUnavailable, allowed } = budget
    const said = `${budgetSaid(budget)}; ${guarded.length} of its pods would have to move`
    return [{ namespace, name, minAvailable, maxUnavailable, allowed, pods: guarded.map(podName), said }]
  })
}

/** A budget in one clause, with the figures that say why it holds a pod. */
export function budgetSaid(budget: Budget): string {
  const { name, minAvailable, maxUnavailable, allowed, healthy, desired } = budget
  const rule =
    minAvailable === '' ? `maxUnavailable ${maxUnavailable || '0'}` : `minAvailable ${minAvailable}`
  const may = allowed === 0 ? 'no pod' : `${allowed} pod${allowed === 1 ? '' : 's'}`
  return `PodDisruptionBudget ${name} (${rule}) lets ${may} go now: ${healthy} healthy, ${desired} needed`
}

/** Whether a budget lets a pod go that is not Ready, whatever it allows (policy/v1, unhealthyPodEvictionPolicy). */
function letsGo({ letsUnready, healthy, desired }: Budget, { ready }: PodOnNode): boolean {
  return !ready && (letsUnready || (desired > 0 && healthy >= desired))
}

function budgetOf({ metadata, spec, status }: V1PodDisruptionBudget): Budget {
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    selector: spec?.selector,
    minAvailable: String(spec?.minAvailable ?? ''),
    maxUnavailable: String(spec?.maxUnavailable ?? ''),
    allowed: status?.disruptionsAllowed ?? 0,
    healthy: status?.currentHealthy ?? 0,
    desired: status?.desiredHealthy ?? 0,
    letsUnready: spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow',
  }
}
