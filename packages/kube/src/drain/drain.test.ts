import { afterAll, beforeAll, expect, test } from 'vitest'
import { startControlPlane, type TestControlPlane } from '../../test/control-plane.ts'
import { openStage, type Stage } from '../../test/stage.ts'
import { type Kube, openKube } from '../kube.ts'
import { until } from '../until.ts'
import type { DrainProgress } from './course.ts'
import { evictPod } from './evict.ts'

let plane: TestControlPlane
let stage: Stage
let kube: Kube
beforeAll(async () => {
  plane = await startControlPlane({ controllers: ['disruption-controller'] })
  stage = await openStage(plane)
  kube = await openKube({ kubeconfig: plane.superAdmin, at: plane.at, now: () => new Date() })
})
afterAll(async () => {
  await kube?.close()
  await stage?.close()
  await plane?.stop()
})

const careful = { deleteEmptyDirData: false, force: false }
const owner = 'ReplicaSet/web'
const labels = { app: 'web' }
const soon = () => AbortSignal.timeout(40_000)

test('a drain moves what comes back elsewhere, leaves what belongs to the node, and tells how far it is', async () => {
  const at = { namespace: 'moves', node: 'moves-1' }
  await setTheStage(at)
  await daemonSet(at.namespace, 'agent')
  await stage.pod({ ...at, name: 'web', owner })
  await stage.pod({ ...at, name: 'done', phase: 'Succeeded' })
  await stage.pod({ ...at, name: 'agent', owner: 'DaemonSet/agent' })
  await stage.pod({ ...at, name: 'static', annotations: { 'kubernetes.io/config.mirror': 'x' } })
  await stage.pod({ ...at, name: 'elsewhere', owner, node: 'moves-2' })
  const stays = [
    { pod: 'moves/agent', reason: 'DaemonSet agent runs one on every node' },
    { pod: 'moves/static', reason: 'its kubelet runs it from a file on the node' },
  ]
  const preview = await kube.drainPreview(at.node, careful)
  expect(preview).toEqual({ moved: ['moves/done', 'moves/web'], stays, refused: [], budgets: [] })
  expect(await kube.node(at.node)).toMatchObject({ schedulable: true })

  await using _ = stage.kubelet(at.node)
  const told: DrainProgress[] = []
  const onProgress = (progress: DrainProgress) => void told.push(progress)
  expect(await kube.drain(at.node, { ...careful, signal: soon(), onProgress })).toEqual({ moved: 2, stays })
  expect(await names(at.node)).toEqual(['agent', 'static'])
  expect(await names('moves-2')).toEqual(['elsewhere'])
  expect(await kube.node(at.node)).toMatchObject({ schedulable: false })
  expect(told[0]).toMatchObject({ moved: 0, left: 2 })
  expect(told.at(-1)).toEqual({ moved: 2, left: 0, waiting: [] })
})

test('a drain that would lose something is refused with every reason, and nothing has changed', async () => {
  const at = { namespace: 'refused', node: 'refused-1' }
  await setTheStage(at)
  await stage.pod({ ...at, name: 'bare' })
  await stage.pod({ ...at, name: 'scratch', owner, emptyDir: true })
  await stage.pod({ ...at, name: 'orphan', owner: 'DaemonSet/gone' })
  await stage.pod({ ...at, name: 'web', owner })
  const drain = kube.drain(at.node, { ...careful, signal: soon() })
  await expect(drain).rejects.toMatchObject({
    code: 'Precondition',
    problems: ['bare', 'orphan', 'scratch'].map((name) => ({ field: `pod refused/${name}` })),
  })
  expect((await kube.drainPreview(at.node, careful)).refused).toHaveLength(3)
  expect(await kube.node(at.node)).toMatchObject({ schedulable: true })
  expect((await kube.podsOn(at.node)).filter(({ endsBy }) => endsBy)).toEqual([])

  await using _ = stage.kubelet(at.node)
  const all = { force: true, deleteEmptyDirData: true, signal: soon() }
  expect(await kube.drain(at.node, all)).toEqual({ moved: 4, stays: [] })
})

test('a drain waits for a budget, names it with its figures, and goes on when it may', async () => {
  const at = { namespace: 'waits', node: 'waits-1' }
  await setTheStage(at)
  for (const name of ['one', 'two']) await stage.pod({ ...at, name, owner, labels })
  await budget(at.namespace, 'web', 1)
  const [tight] = await seenBy(async () => {
    const { budgets } = await kube.drainPreview(at.node, careful)
    return budgets[0]?.allowed === 1 ? budgets : undefined
  })
  expect(tight).toMatchObject({ namespace: 'waits', name: 'web', minAvailable: '1' })
  expect(tight?.pods).toEqual(['waits/one', 'waits/two'])

  await using _ = stage.kubelet(at.node)
  let replaced: Promise<void> | undefined
  const reasons = new Set<string>()
  const onProgress = ({ moved, waiting }: DrainProgress) => {
    for (const { reason } of waiting) reasons.add(reason)
    if (moved === 1) replaced ??= stage.pod({ ...at, name: 'three', owner, labels, node: 'elsewhere' })
  }
  expect(await kube.drain(at.node, { ...careful, signal: soon(), onProgress })).toMatchObject({ moved: 2 })
  expect([...reasons]).toContainEqual(
    expect.stringMatching(
      /^PodDisruptionBudget web \(minAvailable 1\) lets no pod go now: . healthy, 1 needed$/,
    ),
  )
  await replaced
})

test('a drain that is late or no longer wanted says what is left and why, and is carried on by another', async () => {
  const at = { namespace: 'ends', node: 'ends-1' }
  await setTheStage(at)
  await stage.pod({ ...at, name: 'web', owner, labels })
  await budget(at.namespace, 'web', 1)
  await using _ = stage.kubelet(at.node)
  const left = (end: string) => ({
    code: 'Precondition',
    problems: [
      { field: 'node ends-1', message: `${end}: 1 of 1 pods are left, and it stays cordoned` },
      { field: 'pod ends/web', message: expect.stringContaining('PodDisruptionBudget web (minAvailable 1)') },
    ],
  })
  const late = { ...careful, signal: soon(), deadline: new Date(Date.now() + 3_000) }
  await expect(kube.drain(at.node, late)).rejects.toMatchObject(left('was not drained in time'))

  const person = new AbortController()
  const onProgress = () => person.abort(new Error('cancelled by a person'))
  const unwanted = { ...careful, signal: person.signal, onProgress }
  await expect(kube.drain(at.node, unwanted)).rejects.toMatchObject(left('was no longer to be drained'))
  expect(await kube.node(at.node)).toMatchObject({ schedulable: false })

  await plane.kubectl('delete', 'pdb', 'web', '-n', at.namespace)
  expect(await kube.drain(at.node, { ...careful, signal: soon() })).toMatchObject({ moved: 1 })
})

test('a pod takes its time to end, or the time it is given', async () => {
  const at = { namespace: 'slow', node: 'slow-1' }
  await setTheStage(at)
  await stage.pod({ ...at, name: 'web', owner })
  // No kubelet ends it: it is what a drain that was killed leaves.
  const first = new AbortController()
  const told: string[] = []
  const onProgress = ({ waiting }: DrainProgress) => {
    told.push(...waiting.map(({ reason }) => reason))
    if (told.length === 2) first.abort()
  }
  const killed = kube.drain(at.node, { ...careful, signal: first.signal, onProgress })
  await expect(killed).rejects.toMatchObject({ code: 'Precondition' })
  expect(told).toEqual(['was told to end', expect.stringMatching(/^is ending, by .*Z at the latest$/)])
  const [before] = await kube.podsOn(at.node)

  const sooner = { ...careful, signal: soon(), deadline: new Date(Date.now() + 3_000), gracePeriodSeconds: 2 }
  await expect(kube.drain(at.node, sooner)).rejects.toMatchObject({ code: 'Precondition' })
  const [after] = await kube.podsOn(at.node)
  expect(after?.uid).toBe(before?.uid)
  expect(after?.endsBy?.getTime()).toBeLessThan(before?.endsBy?.getTime() ?? 0)

  await using _ = stage.kubelet(at.node)
  expect(await kube.drain(at.node, { ...careful, signal: soon() })).toMatchObject({ moved: 1 })
})

test('a pod that several budgets guard is refused, as the API server never evicts it', async () => {
  const at = { namespace: 'several', node: 'several-1' }
  await setTheStage(at)
  await stage.pod({ ...at, name: 'web', owner, labels })
  for (const name of ['one', 'two']) await budget(at.namespace, name, 0)
  const drain = kube.drain(at.node, { ...careful, signal: soon() })
  await expect(drain).rejects.toThrow('is guarded by several PodDisruptionBudgets (one, two)')
})

test('a pod of a namespace that is being deleted is waited for, as nothing can be evicted there', async () => {
  const at = { namespace: 'ending', node: 'ending-1' }
  await setTheStage(at)
  await stage.pod({ ...at, name: 'web', owner })
  await plane.kubectl('delete', 'namespace', at.namespace, '--wait=false')
  await using _ = stage.kubelet(at.node)
  let deleted: Promise<string> | undefined
  const reasons: string[] = []
  const onProgress = ({ waiting }: DrainProgress) => {
    reasons.push(...waiting.map(({ reason }) => reason))
    // As the namespace controller does in its time.
    if (waiting.length > 0)
      deleted ??= plane.kubectl('delete', 'pod', 'web', '-n', at.namespace, '--wait=false')
  }
  expect(await kube.drain(at.node, { ...careful, signal: soon(), onProgress })).toMatchObject({ moved: 1 })
  expect(reasons[0]).toBe('namespace ending is being deleted, and the pod with it')
  await deleted
})

test('another pod that took the name of one that is gone is not evicted in its place', async () => {
  const at = { namespace: 'renamed', node: 'renamed-1' }
  await setTheStage(at)
  await stage.pod({ ...at, name: 'db-0', owner: 'StatefulSet/db' })
  const [pod] = await kube.podsOn(at.node)
  if (!pod) throw new Error('the pod is not there')
  const gone = { ...pod, uid: 'of-the-one-before' }
  expect(await evictPod(stage.connection, gone, undefined)).toEqual({ answer: 'taken' })
  expect((await kube.podsOn(at.node))[0]?.endsBy).toBeUndefined()
})

test('the drain of a node that is not there fails and names it', async () => {
  const drain = kube.drain('absent', { ...careful, signal: soon() })
  await expect(drain).rejects.toMatchObject({ code: 'NotFound' })
})

async function setTheStage({ namespace, node }: { namespace: string; node: string }): Promise<void> {
  await stage.namespace(namespace)
  await stage.node(node)
}

async function names(node: string): Promise<string[]> {
  return (await kube.podsOn(node)).map(({ name }) => name).sort()
}

function daemonSet(namespace: string, name: string): Promise<void> {
  const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'none' }] } }
  const spec = { selector: { matchLabels: labels }, template }
  return kube.apply([{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name, namespace }, spec }])
}

/** Makes a budget, and waits until the real controller has counted its pods. */
async function budget(namespace: string, name: string, minAvailable: number): Promise<void> {
  const spec = { minAvailable, selector: { matchLabels: labels } }
  await kube.apply([
    { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name, namespace }, spec },
  ])
  const counted = '--for=jsonpath={.status.expectedPods}'
  await plane.kubectl('wait', 'pdb', name, '-n', namespace, counted, '--timeout=20s')
}

function seenBy<T>(look: () => Promise<T | undefined>): Promise<T> {
  return until(look, { signal: AbortSignal.timeout(20_000) })
}
