import pLimit from 'p-limit'
import type { Connection } from '../client.ts'
import { budgetSaid, budgetsOf, guards } from './budget.ts'
import { type Course, due, type Moving } from './course.ts'
import { type Eviction, evictPod, waitSeconds } from './evict.ts'

/** Evictions asked for at once. */
const AT_ONCE = 8
/** A pod whose eviction was taken is ending at the next look; if it is not after all, it is asked again. */
const ASK_AGAIN_MS = 5_000

type Deps = { connection: Connection; now: () => Date }

/** Asks for every eviction that is due; a failed request fails the look, once all have been answered. */
export async function evictDue(
  { connection, now }: Deps,
  course: Course,
  wish: { signal: AbortSignal; gracePeriodSeconds?: number },
): Promise<void> {
  const namespaces = new Map<string, ReturnType<typeof budgetsOf>>()
  /** Read at most once in a look, and only when something holds a pod. */
  const budgetsIn = (namespace: string) => {
    const asked = namespaces.get(namespace) ?? budgetsOf(connection, namespace)
    namespaces.set(namespace, asked)
    return asked
  }
  const limit = pLimit(AT_ONCE)
  const evictions = due(course, now().getTime(), wish.gracePeriodSeconds).map((one) =>
    limit(async () => {
      if (wish.signal.aborted) return
      const eviction = await evictPod(connection, one.pod, wish.gracePeriodSeconds)
      if (eviction.answer === 'taken') {
        one.taken = true
        one.notBefore = now().getTime() + ASK_AGAIN_MS
      } else await hold(one, eviction, { budgetsIn, now })
    }),
  )
  const ended = await Promise.allSettled(evictions)
  const failed = ended.find((one) => one.status === 'rejected')
  if (failed) throw failed.reason
}

/** Notes until when a pod waits, and for what. */
async function hold(
  one: Moving,
  { because, said, seconds }: Extract<Eviction, { answer: 'later' }>,
  { budgetsIn, now }: { budgetsIn: (namespace: string) => ReturnType<typeof budgetsOf>; now: () => Date },
): Promise<void> {
  one.refusals++
  one.notBefore = now().getTime() + waitSeconds(one.refusals, seconds) * 1000
  const { namespace } = one.pod
  if (because === 'namespace') {
    const hint = 'Look at what keeps the namespace from being gone, then drain the node again.'
    one.held = { reason: `namespace ${namespace} is being deleted, and the pod with it`, hint }
    return
  }
  const budgets = guards(await budgetsIn(namespace), one.pod)
  const hint = 'Bring up more healthy pods of the budget, or loosen it; then drain the node again.'
  one.held = { reason: budgets.map(budgetSaid).join('; ') || `the API server asks to wait: ${said}`, hint }
}
