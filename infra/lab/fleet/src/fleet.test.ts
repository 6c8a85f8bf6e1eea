import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from '@slipway/embedded'
import { openKube } from '@slipway/kube'
import { run } from '@slipway/process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deeds } from './deed.ts'
import { type Fleet, openFleet } from './fleet.ts'
import { readPlaybook } from './playbook.ts'

const playbooks = join(import.meta.dirname, '../../../ansible')
const cluster = { id: 'c1', endpoint: 'api.shop.slipway.internal', kubernetes_version: '1.36.3' }
let dir: string
let fleet: Fleet

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-fleet-'))
  fleet = await openFleet({ dir, pace: 0, servers: 1 })
})
afterAll(async () => {
  await fleet.close()
  await rm(dir, { recursive: true, force: true })
})

test("a run is told in the playbook's own words, with facts and keys of each host", async () => {
  const { events, keys } = await play('facts', ['web-1', 'web-2'], {})
  expect(events.map(({ type, name }) => name ?? type)).toEqual(
    expect.arrayContaining(['Read facts of hosts', 'Read facts as root', 'stats']),
  )
  const facts = events.flatMap(({ result }) => (result ? [result as { machine_id: string }] : []))
  expect(new Set(facts.map(({ machine_id }) => machine_id)).size).toBe(2)
  expect(keys['web-1']).toMatch(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI/)
  expect(keys['web-2']).not.toBe(keys['web-1'])
})

test.each(Object.entries(deeds).filter(([, { at }]) => at !== ''))(
  'the playbook %s has the task that the fleet acts at',
  async (name, { at }) => {
    expect((await readPlaybook(join(playbooks, `${name}.yml`))).tasks).toContain(at)
  },
)

test('a cluster answers under its own name at the address of its host, and knows the nodes that joined', async () => {
  const port = await freePort('127.66.0.1')
  const variables = { slipway_cluster: { ...cluster, api_port: port } }
  const { events } = await play('control-plane', ['cp-1'], variables)
  const handed = events.find((event) => event.export)?.export as Record<string, string>
  const kubeconfig = Buffer.from(handed['super-admin.conf'] ?? '', 'base64').toString()
  await play('worker', ['web-1'], variables)
  const at = { address: '127.66.0.1', port, serverName: cluster.endpoint }
  const kube = await openKube({ kubeconfig, at, now: () => new Date() })
  const nodes = await kube.nodes()
  expect(nodes.map(({ name, ready, kubeletVersion }) => [name, ready, kubeletVersion])).toEqual([
    ['cp-1', true, '1.36.3'],
    ['web-1', true, '1.36.3'],
  ])
  await play('reset', ['web-1'], variables)
  expect((await kube.nodes()).map(({ name }) => name)).toEqual(['cp-1'])
  await kube.close()
}, 60_000)

/** Runs the double as the launcher does, and hears what it says to the runner. */
async function play(playbook: string, hosts: string[], variables: object) {
  const folder = await mkdtemp(join(dir, 'run-'))
  await mkdir(join(folder, 'presented'))
  const unsafe = JSON.parse(JSON.stringify(variables), (_key, value) =>
    typeof value === 'string' ? { __ansible_unsafe: value } : value,
  )
  const inventory = hosts.map((name) => {
    const role = name.startsWith('cp') ? 'control-plane' : 'worker'
    return [name, { ansible_host: name, slipway_node: { name, role } }]
  })
  const ssh = hosts.map((name, at) => `Host ${name}\n  HostName 127.66.0.${at + 1}\n  Port 22\n`)
  await writeFile(
    join(folder, 'inventory.json'),
    JSON.stringify({ all: { hosts: Object.fromEntries(inventory) } }),
  )
  await writeFile(join(folder, 'vars.json'), JSON.stringify(unsafe))
  await writeFile(join(folder, 'ssh_config'), ssh.join(''))
  const events: Record<string, unknown>[] = []
  const heard = Promise.withResolvers<void>()
  const runner = createServer((socket) => {
    createInterface({ input: socket })
      .on('line', (line) => events.push(JSON.parse(line)))
      .on('close', heard.resolve)
  })
  runner.listen(join(folder, 'runner.sock'))
  await once(runner, 'listening')
  const program = join(fleet.venv, 'bin/ansible-playbook')
  const files = [
    '--inventory',
    join(folder, 'inventory.json'),
    '--extra-vars',
    `@${join(folder, 'vars.json')}`,
  ]
  await run([program, ...files, join(playbooks, `${playbook}.yml`)], {
    env: { SLIPWAY_SOCKET: join(folder, 'runner.sock') },
  })
  await heard.promise
  runner.close()
  const keys = await Promise.all(
    hosts.map(async (name) => [name, await readFile(join(folder, 'presented', name), 'utf8')]),
  )
  return { events, keys: Object.fromEntries(keys) as Record<string, string> }
}
