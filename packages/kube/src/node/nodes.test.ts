import { afterAll, beforeAll, expect, test } from 'vitest'
import { startControlPlane, type TestControlPlane } from '../../test/control-plane.ts'
import { openStage, type Stage } from '../../test/stage.ts'
import { type Kube, openKube } from '../kube.ts'

let plane: TestControlPlane
let stage: Stage
let kube: Kube
beforeAll(async () => {
  plane = await startControlPlane()
  stage = await openStage(plane)
  kube = await openKube({ kubeconfig: plane.superAdmin, at: plane.at, now: () => new Date() })
})
afterAll(async () => {
  await kube?.close()
  await stage?.close()
  await plane?.stop()
})

/** The API server itself puts it on a node that is new. */
const notReady = { key: 'node.kubernetes.io/not-ready', value: '', effect: 'NoSchedule' }
const gpu = { key: 'slipway.test/gpu', value: 'a', effect: 'NoSchedule' }

test('a node is read by its name, and one that is not there is no error', async () => {
  await stage.node('read')
  expect(await kube.node('absent')).toBeUndefined()
  const seen = await kube.node('read')
  expect(seen).toMatchObject({ name: 'read', ready: false, schedulable: true, taints: [notReady] })
  expect(seen?.readySince).toBeUndefined()
  expect(await kube.nodes()).toContainEqual({ ...seen, readAt: expect.any(Date) })
})

test('a node that is Ready says since when', async () => {
  await stage.node('ready')
  const since = '2030-01-02T03:04:05Z'
  const condition = { type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime: since }
  await plane.patchStatus('node', 'ready', { conditions: [condition] })
  expect(await kube.node('ready')).toMatchObject({ ready: true, readySince: new Date(since) })
})

test('a node is cordoned and uncordoned once, and each time says whether that was news', async () => {
  await stage.node('cordoned')
  expect([await kube.cordon('cordoned'), await kube.cordon('cordoned')]).toEqual([true, false])
  expect(await kube.node('cordoned')).toMatchObject({ schedulable: false })
  expect([await kube.uncordon('cordoned'), await kube.uncordon('cordoned')]).toEqual([true, false])
  expect(await kube.node('cordoned')).toMatchObject({ schedulable: true })
  await expect(kube.cordon('absent')).rejects.toMatchObject({ code: 'NotFound' })
})

test('a deleted node is gone, and deleting it again is no error', async () => {
  await stage.node('deleted')
  expect([await kube.deleteNode('deleted'), await kube.deleteNode('deleted')]).toEqual([true, false])
  expect(await kube.node('deleted')).toBeUndefined()
})

test('only the labels named change', async () => {
  await stage.node('labelled')
  await plane.kubectl('label', 'node', 'labelled', 'theirs=kept', 'old=gone')
  const change = { set: { 'node-role.kubernetes.io/storage': '', zone: 'a' }, remove: ['old', 'never-there'] }
  expect(await kube.setLabels('labelled', change)).toBe(true)
  expect(await kube.setLabels('labelled', change)).toBe(false)
  const labels = { theirs: 'kept', 'node-role.kubernetes.io/storage': '', zone: 'a' }
  expect((await kube.node('labelled'))?.labels).toEqual(labels)
  expect(await kube.setLabels('labelled', { set: { zone: 'b' }, remove: [] })).toBe(true)
  expect((await kube.node('labelled'))?.labels).toEqual({ ...labels, zone: 'b' })
})

test('only the taints named change', async () => {
  await stage.node('tainted')
  expect(await kube.setTaints('tainted', { set: [gpu], remove: [] })).toBe(true)
  expect(await kube.setTaints('tainted', { set: [gpu], remove: [] })).toBe(false)
  expect((await kube.node('tainted'))?.taints).toEqual([notReady, gpu])
  expect(await kube.setTaints('tainted', { set: [], remove: [{ key: gpu.key }] })).toBe(true)
  expect((await kube.node('tainted'))?.taints).toEqual([notReady])
})

test('taints set by several at once are all there in the end', async () => {
  await stage.node('contended')
  const taints = [1, 2, 3, 4, 5].map((number) => ({ ...gpu, key: `slipway.test/number-${number}` }))
  await Promise.all(taints.map((taint) => kube.setTaints('contended', { set: [taint], remove: [] })))
  const seen = (await kube.node('contended'))?.taints.map(({ key }) => key).sort()
  expect(seen).toEqual([notReady.key, ...taints.map(({ key }) => key)])
})
