import { labPowerOff, labPowerOn } from '@slipway/lab'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { differences, type Inventory, inventoryOf, onHost, resetByHand } from './host-inventory.ts'
import { type Answer, followOperation, personAt, projectWithHosts } from './person.ts'

const world = inject('world')
const person = personAt(world.to)
const names = ['b-1', 'b-2']
let project: string
let hosts: Record<string, string>
let before: Record<string, Inventory>
const clusters: string[] = []

beforeAll(async () => {
  before = await inventoryOf(world, names)
  ;({ project, hosts } = await projectWithHosts(person, world, names))
})

afterAll(async () => {
  for (const name of names) await labPowerOn({ dir: world.lab.dir, host: name })
  // What was forgotten or left behind is cleaned by hand; a host that is in no such cluster is left alone.
  for (const cluster of clusters) await resetByHand(world, names, cluster).catch(() => {})
  for (const id of Object.values(hosts ?? {})) await person.call('Host.DeleteHost', { project, id })
})

describe('deleting a cluster', () => {
  test('hosts are after it what an inventory found before the create', async () => {
    const id = await create('first', { 'b-1': 'control-plane', 'b-2': 'worker' })
    const [used] = Object.values(await inventoryOf(world, ['b-2']))
    expect(differences(before['b-2'] ?? {}, used ?? {}).length, 'a node differs').toBeGreaterThan(50)
    const { state, failure, leftBehind } = await remove(id)
    expect(failure).toBeFalsy()
    expect([state, leftBehind ?? []]).toEqual(['succeeded', []])
    const after = await inventoryOf(world, names)
    for (const name of names) expect(differences(before[name] ?? {}, after[name] ?? {}), name).toEqual([])
  })

  test('the hosts can be used again at once, in other roles; one that died then fails the delete by name', async () => {
    const id = await create('second', { 'b-2': 'control-plane', 'b-1': 'worker' })
    await labPowerOff({ dir: world.lab.dir, host: 'b-1', force: true })
    const { state, failure } = await remove(id)
    expect(state).toBe('failed')
    expect(failure).toMatchObject({ host: 'b-1', hint: expect.stringContaining('left behind') })
    const cluster = await person.call('Cluster.GetCluster', { project, id })
    expect(cluster.state).toBe('failed')
    expect(cluster.stateReason).toContain('Deleting it failed')
  })

  test('a dead host is left behind by name when that is asked for, and the others are clean', async () => {
    const id = clusters.at(-1) ?? ''
    const { state, leftBehind } = await remove(id, { leaveUnreachable: true })
    expect(state).toBe('succeeded')
    expect(leftBehind).toEqual([expect.stringMatching(/^b-1: ./)])
    const after = await inventoryOf(world, ['b-2'])
    expect(differences(before['b-2'] ?? {}, after['b-2'] ?? {})).toEqual([])
  })

  test('a host that was left behind is refused with the name of the cluster whose remains it holds', async () => {
    await labPowerOn({ dir: world.lab.dir, host: 'b-1' })
    const { operation } = await begin('late', { 'b-1': 'control-plane' })
    const ended = await followOperation(person, project, operation.id)
    expect(ended.operation.state).toBe('failed')
    expect(ended.operation.failure).toMatchObject({ host: 'b-1', message: expect.stringContaining('second') })
    expect((await remove(ended.operation.cluster, { forget: true })).state).toBe('succeeded')
  })

  test('a cluster that is forgotten goes on as it was', async () => {
    const id = await create('third', { 'b-2': 'control-plane' })
    const { state, leftBehind } = await remove(id, { forget: true })
    expect(state).toBe('succeeded')
    expect(leftBehind).toEqual([expect.stringMatching(/^b-2: left as it was/)])
    const { stdout } = await onHost(world, 'b-2', ['systemctl', 'is-active', 'kubelet', 'containerd'])
    expect(stdout.trim().split('\n')).toEqual(['active', 'active'])
    const free = await person.call('Host.GetHost', { project, id: hosts['b-2'] })
    expect(free.cluster ?? '').toBe('')
  })
})

type Roles = Record<string, 'control-plane' | 'worker'>

function begin(name: string, roles: Roles): Promise<Answer> {
  return person.call('Cluster.CreateCluster', {
    project,
    name,
    spec: {
      kubernetesVersion: world.version,
      controlPlaneSchedulable: true,
      nodes: Object.entries(roles).map(([host, role]) => ({ host: hosts[host], role })),
    },
  })
}

async function create(name: string, roles: Roles): Promise<string> {
  const { cluster, operation } = await begin(name, roles)
  clusters.push(cluster.id)
  const ended = await followOperation(person, project, operation.id)
  expect(ended.operation.failure, `the create of ${name} failed`).toBeFalsy()
  return cluster.id
}

async function remove(id: string, wishes: Record<string, boolean> = {}): Promise<Answer> {
  const { operation } = await person.call('Cluster.DeleteCluster', { project, id, ...wishes })
  return (await followOperation(person, project, operation.id)).operation
}
