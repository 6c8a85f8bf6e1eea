import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { labPowerOff, labPowerOn } from '@slipway/lab'
import { run } from '@slipway/process'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { differences, type Inventory, inventoryOf, resetByHand } from './host-inventory.ts'
import { endSquat, squat } from './on-host.ts'
import { type Answer, followOperation, personAt, projectWithHosts, stepBegins, until } from './person.ts'
import { refusal } from './refusal.ts'

const world = inject('world')
const person = personAt(world.to)
let project: string
let cluster: string
let hosts: Record<string, string>
let before: Inventory | undefined
let kubeconfig: string

beforeAll(async () => {
  before = (await inventoryOf(world, ['b-2']))['b-2']
  ;({ project, hosts } = await projectWithHosts(person, world, ['b-1', 'b-2']))
  const spec = { kubernetesVersion: world.version, nodes: [{ host: hosts['b-1'], role: 'control-plane' }] }
  const begun = await person.call('Cluster.CreateCluster', { project, name: 'grows', spec })
  cluster = begun.cluster.id
  const { operation } = await followOperation(person, project, begun.operation.id)
  expect(operation.failure, 'the create failed').toBeFalsy()
  const made = await person.call('Cluster.CreateKubeconfig', { project, id: cluster, minutes: 60 })
  kubeconfig = join(world.dir, 'kubeconfig-grows')
  await writeFile(kubeconfig, made.kubeconfig, { mode: 0o600 })
})

afterAll(async () => {
  await labPowerOn({ dir: world.lab.dir, host: 'b-2' })
  const begun = await person.call('Cluster.DeleteCluster', { project, id: cluster })
  await followOperation(person, project, begun.operation.id)
  for (const id of Object.values(hosts)) await person.call('Host.DeleteHost', { project, id })
})

describe('workers of a living cluster', () => {
  test('one is added by its plan, and no task runs on any other host', async () => {
    const wish = { project, id: cluster, nodes: [{ host: hosts['b-2'], role: 'worker' }] }
    const { plan } = await person.call('Cluster.AddNodes', { ...wish, dryRun: 'plan' })
    expect(plan.steps.map(({ nodes }: Answer) => nodes)).toEqual(plan.steps.map(() => ['b-2']))
    const { operation, lines } = await change('AddNodes', {
      ...wish,
      planDigest: plan.digest,
      reason: 'load',
    })
    expect(operation).toMatchObject({ state: 'succeeded', nodes: ['b-2'], reason: 'load' })
    expect(new Set(lines.map(({ host }) => host).filter(Boolean))).toEqual(new Set(['b-2']))
    expect(await readiness()).toEqual({ 'b-1': true, 'b-2': true })
    const { spec } = await person.call('Cluster.GetCluster', { project, id: cluster })
    expect(spec.nodes.map(({ name }: Answer) => name)).toEqual(['b-1', 'b-2'])
  })

  test('labels, taints and a cordon are set as planned, and a stale plan is refused', async () => {
    const wish = {
      ...{ project, id: cluster, names: ['b-2'], setLabels: { tier: 'web' } },
      setTaints: [{ key: 'only', value: 'web', effect: 'NoSchedule' }],
    }
    const { plan } = await person.call('Cluster.UpdateNodes', { ...wish, dryRun: 'plan' })
    await change('UpdateNodes', { ...wish, planDigest: plan.digest })
    expect(await node('b-2')).toMatchObject({
      labels: { tier: 'web' },
      taints: expect.arrayContaining([{ key: 'only', value: 'web', effect: 'NoSchedule' }]),
    })
    const { code, problems } = await refusal(
      person.call('Cluster.UpdateNodes', { ...wish, planDigest: plan.digest }),
    )
    expect(code).toBe('Precondition')
    expect(problems.map(({ message }) => message)).toContain('cluster.nodes.b-2.labels.tier is new: "web"')
    await change('UpdateNodes', {
      project,
      id: cluster,
      names: ['b-2'],
      removeTaints: ['only'],
      cordoned: true,
    })
    expect(await node('b-2')).toMatchObject({ cordoned: true })
    expect((await node('b-2')).taints.map(({ key }: Answer) => key)).not.toContain('only')
    await change('UpdateNodes', { project, id: cluster, names: ['b-2'], cordoned: false })
  })

  test('a drain waits for a disruption budget, says so, and undone lets pods come again', async () => {
    await kubectl(['apply', '-f', '-'], workload())
    await kubectl(['rollout', 'status', 'deployment/web', '--timeout=120s'])
    const wish = { project, id: cluster, names: ['b-2'] }
    const { plan } = await person.call('Cluster.DrainNodes', { ...wish, dryRun: 'plan' })
    expect(plan.notes.join('\n')).toContain('PodDisruptionBudget web')
    expect(plan.steps[0]).toMatchObject({ disturbance: 'drains', undo: expect.stringContaining('again') })
    const { operation } = await person.call('Cluster.DrainNodes', wish)
    const read = () => person.call('Operation.GetOperation', { project, id: operation.id })
    const waits = await until(read, ({ steps }) => steps[0].note?.includes('PodDisruptionBudget web'))
    expect(waits.steps[0].note).toMatch(/default\/web-\S+ waits: PodDisruptionBudget web/)
    await person.call('Operation.CancelOperation', { project, id: operation.id })
    await until(read, ({ state }) => state === 'cancelled')
    expect(await node('b-2')).toMatchObject({ cordoned: true })
    await person.call('Operation.UndoOperation', { project, id: operation.id })
    await until(read, ({ state }) => state === 'undone')
    expect((await node('b-2')).cordoned ?? false).toBe(false)
    await kubectl(['get', 'deployment', 'web', '-o', 'jsonpath={.status.availableReplicas}'], undefined, '1')
  })

  test('one is removed with its workloads moved first, and its host is what it was', async () => {
    await kubectl(['delete', 'poddisruptionbudget', 'web'])
    await kubectl([
      'patch',
      'deployment',
      'web',
      '--type=json',
      '-p',
      '[{"op":"remove","path":"/spec/template/spec/nodeSelector"}]',
    ])
    const { operation, lines } = await change('RemoveNodes', { project, id: cluster, names: ['b-2'] })
    expect(operation.state).toBe('succeeded')
    expect(new Set(lines.map(({ host }) => host).filter(Boolean))).toEqual(new Set(['b-2']))
    expect(await readiness()).toEqual({ 'b-1': true })
    await kubectl(['rollout', 'status', 'deployment/web', '--timeout=120s'])
    const after = (await inventoryOf(world, ['b-2']))['b-2']
    expect(differences(before ?? {}, after ?? {})).toEqual([])
    const host = await person.call('Host.GetHost', { project, id: hosts['b-2'] })
    expect(host.cluster ?? '').toBe('')
  })

  test('a dead one fails the removal by name, and is left behind by name when that is asked for', async () => {
    await change('AddNodes', { project, id: cluster, nodes: [{ host: hosts['b-2'], role: 'worker' }] })
    await labPowerOff({ dir: world.lab.dir, host: 'b-2', force: true })
    const wish = { project, id: cluster, names: ['b-2'], leaveUnreachable: true }
    await until(readiness, (ready) => ready['b-2'] === false)
    const { operation } = await change('RemoveNodes', wish)
    expect(operation).toMatchObject({ state: 'succeeded', leftBehind: [expect.stringMatching(/^b-2: ./)] })
    expect(await readiness()).toEqual({ 'b-1': true })
  })

  test('an add that fails is undone: the cluster is what it was and the host is free', async () => {
    await labPowerOn({ dir: world.lab.dir, host: 'b-2' })
    // What was left behind is cleaned by its owner first.
    await resetByHand(world, ['b-2'], cluster)
    const { operation: begun } = await person.call('Cluster.AddNodes', {
      ...{ project, id: cluster, nodes: [{ host: hosts['b-2'], role: 'worker' }] },
    })
    // After the check of the host, and before its kubelet wants the port.
    await stepBegins(person, { project, id: begun.id }, 'prepare-nodes')
    await squat(world, 'b-2', '10250')
    const failed = (await followOperation(person, project, begun.id)).operation
    expect(failed).toMatchObject({ state: 'failed', failure: { host: 'b-2' } })
    const stopped = await person.call('Cluster.GetCluster', { project, id: cluster })
    expect(stopped).toMatchObject({
      state: 'running',
      stateReason: expect.stringContaining('Adding nodes failed'),
    })
    await person.call('Operation.UndoOperation', { project, id: failed.id })
    const { operation } = await followOperation(person, project, failed.id)
    expect(operation).toMatchObject({ state: 'undone', undoing: true })
    const { spec, stateReason } = await person.call('Cluster.GetCluster', { project, id: cluster })
    expect([spec.nodes.length, stateReason ?? '']).toEqual([1, ''])
    const host = await person.call('Host.GetHost', { project, id: hosts['b-2'] })
    expect(host.cluster ?? '').toBe('')
    await endSquat(world, 'b-2')
    const after = (await inventoryOf(world, ['b-2']))['b-2']
    expect(differences(before ?? {}, after ?? {})).toEqual([])
  })

  test('what can not be is refused together and by name', async () => {
    const add = (nodes: object[]) => person.call('Cluster.AddNodes', { project, id: cluster, nodes })
    await expect(
      add([
        { host: hosts['b-1'], role: 'control-plane', name: 'b-1' },
        { host: 'nobody', role: 'worker' },
      ]),
    ).rejects.toMatchObject({
      problems: expect.arrayContaining([
        expect.objectContaining({ field: 'nodes[0].role' }),
        expect.objectContaining({ field: 'nodes[0].host' }),
        expect.objectContaining({ field: 'nodes[0].name' }),
        expect.objectContaining({ field: 'nodes[1].host' }),
      ]),
    })
    await expect(
      person.call('Cluster.RemoveNodes', { project, id: cluster, names: ['b-1'] }),
    ).rejects.toThrow(/control plane/)
    await expect(
      person.call('Cluster.DrainNodes', { project, id: cluster, names: ['b-9', 'b-9'] }),
    ).rejects.toMatchObject({ problems: [{ field: 'names[0]' }, { field: 'names[1]' }] })
  })
})

/** Asks for a change of the cluster's nodes and follows it to its end. */
async function change(verb: string, wish: object): Promise<{ operation: Answer; lines: Answer[] }> {
  const { operation } = await person.call(`Cluster.${verb}`, { project, id: cluster, ...wish })
  const ended = await followOperation(person, project, operation.id)
  expect(ended.operation.failure, `${verb} failed`).toBeFalsy()
  return ended
}

async function nodes(): Promise<Answer[]> {
  return (await person.call('Cluster.ListNodes', { project, id: cluster })).nodes
}

async function node(name: string): Promise<Answer> {
  return (await nodes()).find((one) => one.name === name)
}

async function readiness(): Promise<Record<string, boolean>> {
  return Object.fromEntries((await nodes()).map(({ name, ready }) => [name, ready ?? false]))
}

async function kubectl(words: string[], input?: string, expected?: string): Promise<void> {
  const { stdout } = await run([world.kubectl, '--kubeconfig', kubeconfig, ...words], {
    ...{ input, deadlineMs: 150_000 },
  })
  if (expected !== undefined) expect(stdout).toBe(expected)
}

/** One pod that has to be on b-2, and a budget that lets it never go. */
function workload(): string {
  const labels = { app: 'web' }
  const container = {
    ...{ name: 'web', image: world.proofImage, args: ['netexec', '--http-port=8080'] },
    readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
  }
  const template = {
    metadata: { labels },
    spec: { nodeSelector: { tier: 'web' }, terminationGracePeriodSeconds: 1, containers: [container] },
  }
  return JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'List' },
    items: [
      {
        ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } },
        spec: { replicas: 1, selector: { matchLabels: labels }, template },
      },
      {
        ...{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'web' } },
        spec: { minAvailable: 1, selector: { matchLabels: labels } },
      },
    ],
  })
}
