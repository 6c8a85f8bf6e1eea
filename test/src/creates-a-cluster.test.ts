import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { followApi } from '@slipway/cli/api'
import { proveCluster } from '@slipway/cli/demo'
import { labEgress, labReboot, readDrops } from '@slipway/lab'
import { run, start } from '@slipway/process'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import {
  type Answer,
  followOperation,
  newMember,
  type Person,
  personAt,
  projectWithHosts,
  until,
  watchOperation,
} from './person.ts'

const SERVICES = '10.96.'
const resolvers = [...readFileSync('/etc/resolv.conf', 'utf8').matchAll(/^nameserver ([0-9.]+)$/gm)].map(
  ([, address = '']) => address,
)
const world = inject('world')
const administrator = personAt(world.to)
let project: string
let cluster: string
let operation: string
let plan: Answer
let created: Answer
let dropsOfCreate: unknown[]
let operator: Person

beforeAll(async () => {
  const made = await projectWithHosts(administrator, world, ['a-1', 'a-2'])
  project = made.project
  operator = await newMember(administrator, project, 'operator')
  const repo = new URL(world.running.repo)
  // CoreDNS asks the host's resolver about names that are not the cluster's: that is no download.
  await labEgress({
    dir: world.lab.dir,
    mode: 'closed',
    allow: [
      { address: repo.hostname, port: Number(repo.port) },
      ...resolvers.map((address) => ({ address, port: 53, protocol: 'udp' as const })),
    ],
  })
  const request = {
    project,
    name: 'story',
    spec: {
      kubernetesVersion: world.version,
      controlPlaneSchedulable: true,
      nodes: [
        { host: made.hosts['a-1'], role: 'control-plane' },
        { host: made.hosts['a-2'], role: 'worker', labels: { tier: 'web' }, taints: [] },
      ],
    },
  }
  plan = (await operator.call('Cluster.CreateCluster', { ...request, dryRun: 'plan' })).plan
  const change = await operator.call('Cluster.CreateCluster', { ...request, planDigest: plan.digest })
  cluster = change.cluster.id
  operation = change.operation.id
  created = await followOperation(operator, project, operation)
  expect(created.operation.failure, 'the create failed').toBeFalsy()
  const after = await readDrops({ dir: world.lab.dir })
  // Until kube-proxy has run, a call to the cluster's own service addresses leaves the node; nobody is there.
  dropsOfCreate = after.wanted.filter(({ to }) => !to.startsWith(SERVICES))
})

afterAll(() => labEgress({ dir: world.lab.dir, mode: 'open' }))

describe('creating a cluster of one control plane and one worker', () => {
  test('the plan names its steps, their nodes and changes, and what is pulled', () => {
    expect(plan.digest).toMatch(/^[0-9a-f]{64}(\.[0-9a-f]{8})*$/)
    expect(plan.pullMib).toBeGreaterThan(100)
    expect(plan.steps.length).toBeGreaterThan(3)
    const nodesOf = (name: string) => plan.steps.find((step: Answer) => step.name === name).nodes
    expect(nodesOf('prepare-nodes')).toEqual(['a-1', 'a-2'])
    expect(nodesOf('join-workers')).toEqual(['a-2'])
    for (const { name, title, changes } of plan.steps) {
      expect(title).not.toBe('')
      if (name !== 'check-hosts') expect(changes.length, name).toBeGreaterThan(0)
    }
  })

  test('it succeeds, and every step with it', () => {
    expect(created.operation.state).toBe('succeeded')
    expect(created.operation.steps.map(({ state }: { state: string }) => state)).toEqual(
      plan.steps.map(() => 'succeeded'),
    )
  })

  test('nodes downloaded from repo-proxy and nowhere else, and a probe shows that it would have been counted', async () => {
    expect(dropsOfCreate, 'what was turned away').toEqual([])
    const before = await readDrops({ dir: world.lab.dir })
    const probe =
      "import socket; s=socket.socket(); s.settimeout(1)\ntry: s.connect(('198.51.100.1', 80))\nexcept OSError: pass"
    await ssh('a-1', ['python3', '-'], probe)
    const after = await readDrops({ dir: world.lab.dir })
    expect(after.packets).toBeGreaterThan(before.packets)
  })

  test('its output shows no token', () => {
    const text = created.lines.map(({ text }: { text?: string }) => text ?? '').join('\n')
    expect(text).not.toMatch(/[a-z0-9]{6}\.[a-z0-9]{16}/)
  })

  test('a watch that is cut and resumed again and again loses and repeats no line', async () => {
    const seen: string[] = []
    let lastEventId: string | undefined
    for (let ended = false; !ended; ) {
      const cut = new AbortController()
      let count = 0
      ended = true
      for await (const { event, id, data } of followApi(
        operator.to,
        watchOperation,
        { project, id: operation },
        { lastEventId, signal: cut.signal },
      )) {
        lastEventId = id
        if (event === 'line') seen.push(`${data.run} ${data.sequence}`)
        if (++count === 40) {
          ended = false
          break
        }
      }
      cut.abort()
    }
    const whole = created.lines.map(
      ({ run: id, sequence }: { run: string; sequence: number }) => `${id} ${sequence}`,
    )
    expect(new Set(seen).size).toBe(seen.length)
    expect([...seen].sort()).toEqual([...whole].sort())
  })

  test('the nodes are Ready by the word of their API server, which is dated', async () => {
    const { nodes } = await operator.call('Cluster.ListNodes', { project, id: cluster })
    expect(nodes.map(({ name, ready }: { name: string; ready: boolean }) => [name, ready])).toEqual([
      ['a-1', true],
      ['a-2', true],
    ])
    expect(Date.now() - Date.parse(nodes[0].readAt)).toBeLessThan(60_000)
  })

  test('two replicas on different nodes answer by their service name, also after all hosts were rebooted at once', async () => {
    const kubeconfig = await kubeconfigOf(administrator)
    const kubectl = { program: world.kubectl, kubeconfig }
    expect(await proveCluster(kubectl, world.proofImage)).toContain('a-1')
    await Promise.all(['a-1', 'a-2'].map((host) => labReboot({ dir: world.lab.dir, host })))
    await until(
      () => operator.call('Cluster.ListNodes', { project, id: cluster }).catch(() => ({ nodes: [] })),
      ({ nodes }) => nodes.length === 2 && nodes.every(({ ready }: { ready: boolean }) => ready),
      300_000,
    )
    await proveCluster(kubectl, world.proofImage)
  })

  test('logs, exec and top work', async () => {
    const kubeconfig = await kubeconfigOf(administrator)
    const kubectl = (...words: string[]) =>
      run([world.kubectl, '--kubeconfig', kubeconfig, ...words], { deadlineMs: 60_000 })
    await kubectl('run', 'look', `--image=${world.proofImage}`, '--restart=Never', '--', 'pause')
    await kubectl('wait', '--for=condition=Ready', 'pod/look', '--timeout=60s')
    expect((await kubectl('exec', 'look', '--', '/agnhost', 'help')).stdout).toContain('Usage')
    expect((await kubectl('logs', 'look')).stdout).toContain('Paused')
    await until(
      () => start([world.kubectl, '--kubeconfig', kubeconfig, 'top', 'nodes']).ended,
      ({ exitCode, stdout }) => exitCode === 0 && stdout.includes('a-2'),
    )
    await kubectl('delete', 'pod', 'look', '--wait=false')
  })

  test.each([
    ['operator', ['create', 'deployments'], true],
    ['operator', ['get', 'nodes'], true],
    ['operator', ['create', 'clusterroles'], false],
    ['viewer', ['get', 'pods'], true],
    ['viewer', ['get', 'nodes'], true],
    ['viewer', ['delete', 'pods'], false],
  ] as const)("a %s's kubeconfig may %s: %s", async (role, words, allowed) => {
    const person = role === 'operator' ? operator : await newMember(administrator, project, 'viewer')
    const kubeconfig = await kubeconfigOf(person)
    const { stdout } = await start([world.kubectl, '--kubeconfig', kubeconfig, 'auth', 'can-i', ...words])
      .ended
    expect(stdout.trim()).toBe(allowed ? 'yes' : 'no')
  })

  test('no host is left with super-admin.conf, and admin.conf is for root alone', async () => {
    const { stdout } = await ssh('a-1', ['sudo', 'stat', '-c', '%a:%U', '/etc/kubernetes/admin.conf'])
    expect(stdout.trim()).toBe('600:root')
    const { exitCode } = await ssh('a-1', ['sudo', 'test', '-e', '/etc/kubernetes/super-admin.conf'])
    expect(exitCode).not.toBe(0)
  })

  test('no bootstrap token is left in the cluster', async () => {
    const kubeconfig = await kubeconfigOf(administrator)
    const { stdout } = await run([
      world.kubectl,
      '--kubeconfig',
      kubeconfig,
      '-n',
      'kube-system',
      'get',
      'secrets',
      '--field-selector=type=bootstrap.kubernetes.io/token',
      '-o',
      'name',
    ])
    expect(stdout.trim()).toBe('')
  })

  test('its hosts can not be deleted while it uses them', async () => {
    const { hosts } = await operator.call('Host.ListHosts', { project, cluster })
    await expect(operator.call('Host.DeleteHost', { project, id: hosts[0].id })).rejects.toMatchObject({
      code: expect.stringMatching(/Conflict|Precondition/),
    })
  })
})

/** A kubeconfig of a person's own, written to a file. */
async function kubeconfigOf(person: Person): Promise<string> {
  const { kubeconfig } = await person.call('Cluster.CreateKubeconfig', { project, id: cluster, minutes: 30 })
  const file = join(world.dir, `kubeconfig-${Math.random()}`)
  await writeFile(file, kubeconfig, { mode: 0o600 })
  return file
}

function ssh(name: string, words: string[], input?: string) {
  const host = world.hosts.find((one) => one.name === name)
  const options = [
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
    '-o',
    'LogLevel=ERROR',
    '-i',
    host?.sshKeyFile ?? '',
  ]
  return start(['ssh', ...options, `${host?.user}@${host?.address}`, ...words], { input, deadlineMs: 30_000 })
    .ended
}
