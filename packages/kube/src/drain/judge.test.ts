import { expect, test } from 'vitest'
import { type Budget, tightBudgets } from './budget.ts'
import { judge } from './judge.ts'
import { type PodOnNode, podName } from './pod.ts'
import { selects } from './selector.ts'

const careful = { deleteEmptyDirData: false, force: false }
const reckless = { deleteEmptyDirData: true, force: true }
const ofReplicaSet = { kind: 'ReplicaSet', name: 'web' }
const ofDaemonSet = { kind: 'DaemonSet', name: 'agent' }

function pod(name: string, change: Partial<PodOnNode> = {}): PodOnNode {
  return {
    ...{ namespace: 'shop', name, uid: name, labels: { app: 'web' }, owner: ofReplicaSet, phase: 'Running' },
    ...{ mirror: false, emptyDir: false, toleratesCordon: false, ready: true, finalizers: [] },
    endsBy: undefined,
    ...change,
  }
}

function budget(name: string, change: Partial<Budget> = {}): Budget {
  return {
    ...{ namespace: 'shop', name, selector: { matchLabels: { app: 'web' } }, minAvailable: '1' },
    ...{ maxUnavailable: '', allowed: 0, healthy: 1, desired: 1, letsUnready: false },
    ...change,
  }
}

function judged(pods: PodOnNode[], options = careful, budgets: Budget[] = [], orphans: string[] = []) {
  const { moved, stays, refused } = judge({ pods, budgets, orphans: new Set(orphans) }, options)
  return {
    moved: moved.map(podName),
    stays: stays.map(({ pod }) => pod),
    refused: refused.map(({ field, message }) => `${field} ${message}`),
  }
}

test('what has a controller moves; what belongs to the node stays', () => {
  const pods = [pod('web'), pod('static', { mirror: true }), pod('agent', { owner: ofDaemonSet })]
  const all = { moved: ['shop/web'], stays: ['shop/static', 'shop/agent'], refused: [] }
  expect(judged(pods)).toEqual(all)
  expect(judged(pods, reckless)).toEqual(all)
})

test('everything that would be lost is refused at once, unless it may be', () => {
  const pods = [
    pod('both', { owner: undefined, emptyDir: true }),
    pod('orphan', { owner: ofDaemonSet }),
    pod('web'),
  ]
  expect(judged(pods, careful, [], ['orphan'])).toEqual({
    moved: ['shop/web'],
    stays: [],
    refused: [
      'pod shop/both has no controller that would make it anew elsewhere',
      'pod shop/both holds data in an emptyDir volume, which would be lost',
      'pod shop/orphan was made by DaemonSet agent, which is no longer there',
    ],
  })
  const moved = ['shop/both', 'shop/orphan', 'shop/web']
  expect(judged(pods, reckless, [], ['orphan'])).toEqual({ moved, stays: [], refused: [] })
})

test.each([
  ['has succeeded', { phase: 'Succeeded' }],
  ['has failed', { phase: 'Failed' }],
  ['is ending already', { endsBy: new Date(0) }],
])('a pod that %s has nothing left to lose', (_, change) => {
  const bare = pod('bare', { owner: undefined, emptyDir: true, ...change })
  expect(judged([bare]).moved).toEqual(['shop/bare'])
})

test('a pod of a DaemonSet that has finished is cleared away', () => {
  expect(judged([pod('agent', { owner: ofDaemonSet, phase: 'Failed' })]).moved).toEqual(['shop/agent'])
})

test('a pod with two budgets is refused, as Kubernetes never evicts it', () => {
  const budgets = [budget('one'), budget('two'), budget('other', { namespace: 'bank' })]
  expect(judged([pod('web')], reckless, budgets).refused).toEqual([
    'pod shop/web is guarded by several PodDisruptionBudgets (one, two): Kubernetes evicts no such pod',
  ])
  expect(judged([pod('web', { phase: 'Pending' })], reckless, budgets).refused).toEqual([])
})

test('a budget is tight when it lets fewer pods go than it guards on the node', () => {
  const pods = [pod('a'), pod('b'), pod('c', { labels: {} })]
  const [tight] = tightBudgets([budget('web', { allowed: 1, healthy: 2 })], pods)
  expect(tight).toMatchObject({ name: 'web', allowed: 1, pods: ['shop/a', 'shop/b'] })
  expect(tight?.said).toBe(
    'PodDisruptionBudget web (minAvailable 1) lets 1 pod go now: 2 healthy, 1 needed; 2 of its pods would have to move',
  )
  expect(tightBudgets([budget('web', { allowed: 2 })], pods)).toEqual([])
})

test('a pod that is not Ready is let go by a budget that says so, or that is met without it', () => {
  const pods = [pod('a', { ready: false })]
  const none = { healthy: 0, desired: 1 }
  expect(tightBudgets([budget('web', none)], pods)).toHaveLength(1)
  expect(tightBudgets([budget('web', { ...none, letsUnready: true })], pods)).toEqual([])
  expect(tightBudgets([budget('web', { healthy: 1, desired: 1 })], pods)).toEqual([])
})

test.each([
  [{}, true],
  [undefined, false],
  [{ matchLabels: { app: 'web' } }, true],
  [{ matchLabels: { app: 'web', tier: 'a' } }, false],
  [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'api'] }] }, true],
  [{ matchExpressions: [{ key: 'tier', operator: 'In', values: ['a'] }] }, false],
  [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false],
  [{ matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['a'] }] }, true],
  [{ matchExpressions: [{ key: 'app', operator: 'Exists' }] }, true],
  [{ matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, false],
  [{ matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, true],
  [{ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false],
])('the selector %j takes in a pod labelled app=web: %s', (selector, takesIn) => {
  expect(selects(selector, { app: 'web' })).toBe(takesIn)
})
