import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { placeIn, proveCluster } from '@slipway/cli/demo'
import { labPowerOff, labReboot, labUp, readLabConfig } from '@slipway/lab'
import { run, start } from '@slipway/process'
import { type AskedRun, askedRuns } from '@slipway/testing'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { differences, type Inventory, inventoryOf } from './host-inventory.ts'
import { asRoot } from './on-host.ts'
import { type Answer, followOperation, personAt, projectWithHosts, until } from './person.ts'
import { playRoles, rolePlaybooks } from './play-roles.ts'

const shared = inject('world')
const person = personAt(shared.to)
const nodes = [
  { name: 'f-1', role: 'control-plane', firewall: 'firewalld' },
  { name: 'f-2', role: 'worker', firewall: 'ufw' },
  { name: 'f-3', role: 'worker', firewall: 'nftables' },
] as const
const names = nodes.map(({ name }) => name)
/** Each looks at the next one. */
const pairs = nodes.map(({ name, firewall }, index) => ({
  from: names.at(index - 1) ?? '',
  to: name,
  firewall,
}))
const KUBELET = 10_250
/** Something listens there that is none of a node's business. */
const OTHER = 8099
/** How each firewall is told to read its rules again, by somebody who is not us. */
const reload = {
  firewalld: 'firewall-cmd --reload',
  ufw: 'ufw reload',
  nftables: 'systemctl reload nftables',
}
let world = shared
let project: string
let hosts: Record<string, string>
let before: Record<string, Inventory>
let cluster: string
/** What Slipway itself played: the same is played again here. */
let asked: Map<string, AskedRun>
let kubeconfig: string

beforeAll(async () => {
  const wishes = nodes.map(({ name, firewall }) => ({ name, firewall, user: 'ops' }))
  const state = await labUp({ ...readLabConfig(), name: shared.lab.name, dir: shared.lab.dir, hosts: wishes })
  world = { ...shared, hosts: state.hosts.filter(({ firewall }) => firewall !== 'none') }
  before = await inventoryOf(world, names)
  ;({ project, hosts } = await projectWithHosts(person, world, names))
  kubeconfig = join(world.dir, 'firewalls.kubeconfig')
})

afterAll(async () => {
  for (const id of Object.values(hosts ?? {})) await person.call('Host.DeleteHost', { project, id })
  for (const host of names) await labPowerOff({ dir: shared.lab.dir, host, force: true })
})

test.each(pairs)('$firewall drops what a node needs before it is one', async ({ from, to }) => {
  expect(await knock(from, to, 22)).toBe('open')
  expect(await knock(from, to, KUBELET)).toBe('dropped')
})

test('firewalld with rules that a reload would lose is refused, with both ways out', async () => {
  await asRoot(world, 'f-1', 'firewall-cmd --add-port=9/tcp')
  const { operation } = await create('unsaved', { 'f-1': 'control-plane' })
  expect(operation.failure).toMatchObject({ host: 'f-1', message: expect.stringContaining('firewalld') })
  expect(JSON.stringify(operation.failure)).toMatch(/--runtime-to-permanent.*--reload/)
  expect(await asRoot(world, 'f-1', 'firewall-cmd --query-port=9/tcp')).toContain('yes')
  await asRoot(world, 'f-1', 'firewall-cmd --remove-port=9/tcp')
  expect((await remove(operation.cluster)).failure).toBeFalsy()
})

describe('a cluster of a control plane behind firewalld and workers behind ufw and nftables', () => {
  beforeAll(async () => {
    const created = new AbortController()
    const from = { data: placeIn(world.dir).data, project, signal: created.signal }
    const reading = askedRuns(from, rolePlaybooks)
    reading.catch(() => {}) // of a create that failed, its own words count
    const roles = Object.fromEntries(nodes.map(({ name, role }) => [name, role]))
    const { operation } = await create('firewalls', roles)
    created.abort(new Error('the create ended before its playbooks were seen'))
    expect(operation.failure, 'the create failed').toBeFalsy()
    cluster = operation.cluster
    asked = await reading
    const made = await person.call('Cluster.CreateKubeconfig', { project, id: cluster, minutes: 60 })
    await writeFile(kubeconfig, made.kubeconfig, { mode: 0o600 })
    const applied = ['apply', '--server-side', '-f', '-']
    await run([world.kubectl, '--kubeconfig', kubeconfig, ...applied], { input: JSON.stringify(talkers) })
    await kubectl('rollout', 'status', 'daemonset/talk', '--timeout=120s')
  })

  test('pods on every two nodes talk to each other, to nodes and to the world', async () => {
    expect(await unreached()).toEqual([])
  })

  test('logs and exec reach every node', async () => {
    for (const { name } of await pods()) {
      expect(await kubectl('logs', name), name).toContain('Started HTTP server')
      expect(await kubectl('exec', name, '--', '/agnhost', 'help'), name).toContain('Usage')
    }
  })

  test('services answer by name inside, and by every node to the world outside', async () => {
    await proveCluster({ program: world.kubectl, kubeconfig }, world.proofImage)
    const port = await kubectl('get', 'service', 'talk', '-o', 'jsonpath={.spec.ports[0].nodePort}')
    for (const { address } of world.hosts) {
      const answer = await fetch(`http://${address}:${port}/hostname`, { signal: AbortSignal.timeout(5_000) })
      expect(await answer.text(), address).toMatch(/^talk-/)
    }
  })

  test.each(pairs)(
    '$firewall lets in what the node needs, and still drops the rest',
    async ({ from, to }) => {
      expect(await knock(from, to, KUBELET)).toBe('open')
      await listening(to, async () => {
        expect(await knock(to, to, OTHER), 'from the host itself').toBe('open')
        expect(await knock(from, to, OTHER)).toBe('dropped')
      })
    },
  )

  test('the roles, played again, change nothing', async () => {
    expect(await playRoles(world, asked, { attempt: 1, check: true })).toEqual([])
    expect(await playRoles(world, asked, { attempt: 2, check: false })).toEqual([])
  })

  test('all of it holds when the firewalls read their rules again, and after all hosts were rebooted at once', async () => {
    for (const { name, firewall } of nodes) await asRoot(world, name, reload[firewall])
    for (const { from, to } of pairs) expect(await knock(from, to, KUBELET), to).toBe('open')
    await Promise.all(names.map((host) => labReboot({ dir: world.lab.dir, host })))
    const looking = () => unreached().catch((error: Error) => [error.message])
    expect(await until(looking, (failed) => failed.length === 0, 300_000)).toEqual([])
  })

  test('deleting it closes what was opened: the hosts are as they were before', async () => {
    expect((await remove(cluster)).failure).toBeFalsy()
    const after = await inventoryOf(world, names)
    for (const name of names) expect(differences(before[name] ?? {}, after[name] ?? {}), name).toEqual([])
    for (const { from, to } of pairs) expect(await knock(from, to, KUBELET), to).toBe('dropped')
  })
})

/** A pod on every node that answers on port 8080, and a service in front of them that the world may ask. */
const talkers = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'talk', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'talk' } },
        template: {
          metadata: { labels: { app: 'talk' } },
          spec: {
            terminationGracePeriodSeconds: 1,
            containers: [
              {
                name: 'talk',
                image: shared.proofImage,
                args: ['netexec', '--http-port=8080'],
                readinessProbe: { httpGet: { path: '/hostname', port: 8080 }, periodSeconds: 1 },
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'talk', namespace: 'default' },
      spec: { type: 'NodePort', selector: { app: 'talk' }, ports: [{ port: 80, targetPort: 8080 }] },
    },
  ],
}

/** What did not answer: to each pod every pod, the kubelet of every node, and a port of the world outside the cluster. */
async function unreached(): Promise<string[]> {
  const all = await pods()
  expect(all.map(({ node }) => node).sort()).toEqual(names)
  const outside = new URL(world.running.repo)
  const places = [
    ...all.map(({ ip }) => `${ip}:8080`),
    ...world.hosts.map(({ address }) => `${address}:${KUBELET}`),
    `${outside.hostname}:${outside.port}`,
  ]
  const failed: string[] = []
  for (const { name, node } of all) {
    for (const place of places) {
      const words = ['exec', name, '--', '/agnhost', 'connect', place, '--timeout=5s']
      const { exitCode, stderr } = await start([world.kubectl, '--kubeconfig', kubeconfig, ...words]).ended
      if (exitCode !== 0) failed.push(`from ${node} to ${place}: ${stderr.trim()}`)
    }
  }
  return failed
}

async function pods(): Promise<{ name: string; node: string; ip: string }[]> {
  const { items } = JSON.parse(await kubectl('get', 'pods', '-l', 'app=talk', '-o', 'json'))
  return items.map(({ metadata, spec, status }: Answer) => ({
    name: metadata.name,
    node: spec.nodeName,
    ip: status.podIP,
  }))
}

/** What comes back when one host knocks at a port of another: a firewall that drops says nothing. */
async function knock(from: string, to: string, port: number): Promise<string> {
  const address = world.hosts.find(({ name }) => name === to)?.address
  const script = `python3 - <<'END'
import socket
try:
    socket.create_connection(('${address}', ${port}), 2)
    print('open')
except TimeoutError:
    print('dropped')
except OSError as error:
    print(error)
END`
  return (await asRoot(world, from, script)).trim()
}

/** Has something listen on the other port of a host while the work is done. */
async function listening(name: string, work: () => Promise<void>): Promise<void> {
  const program = `import socket; s = socket.create_server(('', ${OTHER}))\nwhile True: s.accept()`
  await asRoot(world, name, `systemd-run --quiet --collect --unit=other python3 -c "${program}"`)
  try {
    await until(
      () => knock(name, name, OTHER),
      (answer) => answer === 'open',
    )
    await work()
  } finally {
    await asRoot(world, name, 'systemctl stop other')
  }
}

async function create(name: string, roles: Record<string, string>): Promise<Answer> {
  const { operation } = await person.call('Cluster.CreateCluster', {
    project,
    name,
    spec: {
      kubernetesVersion: world.version,
      controlPlaneSchedulable: true,
      nodes: Object.entries(roles).map(([host, role]) => ({ host: hosts[host], role })),
    },
  })
  return followOperation(person, project, operation.id)
}

async function remove(id: string): Promise<Answer> {
  const { operation } = await person.call('Cluster.DeleteCluster', { project, id })
  return (await followOperation(person, project, operation.id)).operation
}

async function kubectl(...words: string[]): Promise<string> {
  return (await run([world.kubectl, '--kubeconfig', kubeconfig, ...words], { deadlineMs: 150_000 })).stdout
}
