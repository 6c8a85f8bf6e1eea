import { randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { request } from 'node:https'
import { followApi } from '@slipway/cli/api'
import { readSettings } from '@slipway/cli/config'
import { ensurePlatform, placeIn } from '@slipway/cli/demo'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { endSquat, squat } from './on-host.ts'
import {
  type Answer,
  followOperation,
  personAt,
  projectWithHosts,
  stepBegins,
  until,
  watchOperation,
} from './person.ts'

const world = inject('world')
const person = personAt(world.to)
const place = placeIn(world.dir)
const KUBELET_PORT = '10250'
let project: string
let hosts: Record<string, string>

beforeAll(async () => {
  ;({ project, hosts } = await projectWithHosts(person, world, ['b-1', 'b-2']))
})

afterAll(async () => {
  await endSquat(world, 'b-2')
  for (const id of Object.values(hosts ?? {})) await person.call('Host.DeleteHost', { project, id })
})

describe('a create that fails in the middle', () => {
  let cluster: string
  let operation: string

  test('sent twice with one idempotency key it is one operation, and its name is taken for others', async () => {
    const key = randomUUID()
    const answers = await Promise.all([send(key, 'mended'), send(key, 'mended')])
    expect(answers.map(({ status }) => status)).toEqual([202, 202])
    const ids = answers.map(({ body }) => [body.cluster.id, body.operation.id])
    expect(ids[1]).toEqual(ids[0])
    ;[cluster, operation] = ids[0] as [string, string]
    const third = await send(randomUUID(), 'mended')
    expect([third.status, third.body.code]).toEqual([409, 'Conflict'])
    const { operations } = await person.call('Operation.ListOperations', { project })
    expect(operations.map(({ id }: Answer) => id)).toEqual([operation])
  })

  test("it says on which host and in which task, in the tool's own words", async () => {
    // After the check of the hosts, and before the worker's kubelet wants it.
    await stepBegins(person, { project, id: operation }, 'prepare-nodes')
    await squat(world, 'b-2', KUBELET_PORT)
    const { state, failure } = (await followOperation(person, project, operation)).operation
    expect(state).toBe('failed')
    expect(failure).toMatchObject({ host: 'b-2', task: expect.stringContaining('Join as a node') })
    expect(failure.message).toContain(`Port ${KUBELET_PORT} is in use`)
    expect((await person.call('Cluster.GetCluster', { project, id: cluster })).state).toBe('failed')
  })

  test('once the cause is mended it goes on at the failed step', async () => {
    await endSquat(world, 'b-2')
    await person.call('Operation.ResumeOperation', { project, id: operation })
    const ended = (await followOperation(person, project, operation)).operation
    expect(ended.failure).toBeFalsy()
    expect(ended.state).toBe('succeeded')
    const attempts = Object.fromEntries(ended.steps.map(({ name, attempt }: Answer) => [name, attempt]))
    expect(attempts).toMatchObject({
      'check-hosts': 1,
      'prepare-nodes': 1,
      'start-control-plane': 1,
      'join-workers': 2,
    })
    await expectReady(cluster)
    await remove(cluster)
  })
})

describe('a create that is interrupted while hosts are prepared', () => {
  let cluster: string
  let operation: string

  test('by a person: it is cancelled within seconds, and no playbook is left', async () => {
    const { body } = await send(randomUUID(), 'interrupted')
    ;[cluster, operation] = [body.cluster.id, body.operation.id]
    await taskBegins(operation, 'Download')
    expect(await playbooks(), 'the playbook that is to end').not.toEqual([])
    const from = Date.now()
    await person.call('Operation.CancelOperation', { project, id: operation })
    const ended = (await followOperation(person, project, operation)).operation
    expect(ended.state).toBe('cancelled')
    expect(Date.now() - from).toBeLessThan(15_000)
    expect(await playbooks()).toEqual([])
  })

  test('by the death of Slipway, after it was resumed: it goes on by itself when Slipway is there again', async () => {
    await person.call('Operation.ResumeOperation', { project, id: operation })
    await taskBegins(operation, 'Write containerd')
    await killPlatform()
    await ensurePlatform(place, readSettings(), world.lab.gateway)
    const ended = await until(
      () => person.call('Operation.GetOperation', { project, id: operation }),
      ({ state }) => state !== 'running',
      400_000,
    )
    expect(ended.failure).toBeFalsy()
    expect(ended.state).toBe('succeeded')
    expect(ended.steps[0]).toMatchObject({ name: 'check-hosts', attempt: 1 })
    await expectReady(cluster)
    await remove(cluster)
  })
})

/** Creates a cluster of both hosts by REST with an idempotency key of the caller's choice. */
function send(key: string, name: string): Promise<{ status: number; body: Answer }> {
  const spec = {
    kubernetesVersion: world.version,
    controlPlaneSchedulable: true,
    nodes: [
      { host: hosts['b-1'], role: 'control-plane' },
      { host: hosts['b-2'], role: 'worker' },
    ],
  }
  const { url, ca, token } = world.to
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'idempotency-key': key,
  }
  return new Promise((resolve, reject) => {
    const call = request(`${url}/api/v1/projects/${project}/clusters`, { method: 'POST', ca, headers })
    call.on('error', reject).on('response', async (response) => {
      const text = (await response.setEncoding('utf8').toArray()).join('')
      resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) })
    })
    call.end(JSON.stringify({ name, spec }))
  })
}

/** Waits until the output of the hosts' preparation reaches a task; that of earlier attempts does not count. */
async function taskBegins(operation: string, task: string): Promise<void> {
  const { run } = await stepBegins(person, { project, id: operation }, 'prepare-nodes')
  for await (const { event, data } of followApi(person.to, watchOperation, { project, id: operation }))
    if (event === 'line' && data.run === run && `${data.task}`.includes(task)) return
  throw new Error(`the operation ended before the task ${task}`)
}

async function expectReady(id: string): Promise<void> {
  const { nodes } = await person.call('Cluster.ListNodes', { project, id })
  expect(nodes.map(({ name, ready }: Answer) => [name, ready])).toEqual([
    ['b-1', true],
    ['b-2', true],
  ])
}

async function remove(id: string): Promise<void> {
  const { operation } = await person.call('Cluster.DeleteCluster', { project, id })
  expect((await followOperation(person, project, operation.id)).operation.failure).toBeFalsy()
}

/** The process of the all-in-one, which is another one after a new start. */
async function platformPid(): Promise<number> {
  return JSON.parse(await readFile(place.record, 'utf8')).pid
}

/**
 * Kills the all-in-one, not its PostgreSQL, its NATS server and the playbook that runs: those are found by the next
 * start.
 */
async function killPlatform(): Promise<void> {
  const { processes } = JSON.parse(await readFile(place.running, 'utf8')) as typeof world.running
  const pids = processes.filter(({ name }) => name === 'slipway').map(({ pid }) => pid)
  expect(pids).toContain(await platformPid())
  for (const pid of pids) process.kill(pid, 'SIGKILL')
  await until(
    () => Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))),
    (argvs) => argvs.every((argv) => argv === ''),
  )
}

/** Processes of ansible-playbook below the all-in-one, zombies aside. */
async function playbooks(): Promise<string[]> {
  const root = await platformPid()
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const parents = new Map<number, number>()
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    parents.set(pid, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0))
  }
  const isBelow = (pid: number): boolean => pid > 1 && (pid === root || isBelow(parents.get(pid) ?? 0))
  const lines = pids.filter(isBelow).map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))
  return (await Promise.all(lines)).filter((line) => line.includes('ansible-playbook'))
}
