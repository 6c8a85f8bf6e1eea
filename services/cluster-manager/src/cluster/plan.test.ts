import { expect, test } from 'vitest'
import { createCluster } from '../flow/create-cluster.ts'
import { deleteCluster } from '../flow/delete-cluster.ts'
import type { Flow, Subject } from '../flow/flow.ts'
import { noWishes } from '../operation/operation.ts'
import { canonical, makePlan, type Took } from './plan.ts'
import { completeSpec } from './spec.ts'
import { differences } from './stale.ts'

const node = (host: string, role: string) => ({ host, role, name: host, labels: {}, taints: [] })
function subject(workers: number, wishes = noWishes): Subject {
  const nodes = [
    node('cp', 'control-plane'),
    ...Array.from({ length: workers }, (_, at) => node(`w${at}`, 'worker')),
  ]
  const draft = { kubernetesVersion: '1.36.3', nodes, controlPlaneSchedulable: false }
  return { spec: completeSpec(draft, new Map()), hosts: new Map(), partOf: () => undefined, wishes }
}
const rests = { cluster: { name: 'c' }, release: 'r', history: new Map<string, Took>() }
const made = (of: Subject, more: Partial<typeof rests> = {}, flow: Flow = createCluster) =>
  makePlan(flow, of, { ...rests, ...more })
const plan = (...of: Parameters<typeof made>) => made(...of).plan

test('steps come in an order in which each finds its needs done before it', () => {
  for (const flow of [createCluster, deleteCluster]) {
    for (const workers of [0, 1, 50]) {
      const done = new Set<string>()
      for (const { name, needs } of plan(subject(workers), {}, flow).steps) {
        for (const need of needs) expect(done.has(need)).toBe(true)
        done.add(name)
      }
    }
  }
})

test('a cluster without workers joins none, and nothing waits for that', () => {
  const { steps } = plan(subject(0))
  expect(steps.some(({ name, needs }) => name === 'join-workers' || needs.includes('join-workers'))).toBe(
    false,
  )
})

test('the digest is the same for the same input, and another for each part that differs', () => {
  const { digest } = plan(subject(1))
  expect(plan(subject(1)).digest).toBe(digest)
  expect(plan(subject(1), { history: new Map([['check-hosts', { half: 3, most: 4 }]]) }).digest).toBe(digest)
  expect(plan(subject(1), { release: 'other' }).digest).not.toBe(digest)
  expect(plan(subject(2)).digest).not.toBe(digest)
})

test('what differs between two plans is told in words', () => {
  const before = JSON.parse(canonical(made(subject(1)).basis))
  expect(differences(before, made(subject(1)).basis)).toEqual([])
  expect(differences(before, made(subject(1), { release: 'other' }).basis)).toEqual([
    'release was "r" and is "other"',
  ])
  const more = differences(before, made(subject(2)).basis)
  expect(more.some((line) => line.startsWith('cluster.nodes.w1 is new'))).toBe(true)
  expect(more.some((line) => line.startsWith('steps.join-workers.nodes.1 is new: "w1"'))).toBe(true)
})

test('expected minutes are those of the longest way, once every step was done here before', () => {
  const names = plan(subject(1)).steps.map(({ name }) => name)
  const half = (name: string) => (name === 'join-workers' ? 5 : 1)
  const history = new Map(names.map((name) => [name, { half: half(name), most: 2 * half(name) }]))
  const longest = 1 + 1 + 1 + 5 + 1
  expect(plan(subject(1), { history })).toMatchObject({
    ...{ expectedMinutes: longest, atMostMinutes: 2 * longest, notes: [] },
  })
  history.delete('await-ready')
  expect(plan(subject(1), { history }).expectedMinutes).toBe(0)
  expect(plan(subject(1), { history }).notes).toHaveLength(1)
})

test('forgetting a cluster has no step that touches a host', () => {
  const { steps } = plan(subject(2, { ...noWishes, forget: true }), {}, deleteCluster)
  expect(steps.map(({ name }) => name)).toEqual(['release-hosts'])
})

test('canonical JSON does not depend on the order in which keys were set', () => {
  expect(canonical({ b: [{ y: 1, x: 2 }], a: undefined, c: 'x' })).toBe(
    canonical({ c: 'x', b: [{ x: 2, y: 1 }] }),
  )
})
