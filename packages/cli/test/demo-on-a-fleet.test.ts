import { chown, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Owner, ownerOf } from '@slipway/embedded'
import { run } from '@slipway/process'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callApi, followApi } from '../src/api/client.ts'
import { readSettings } from '../src/config.ts'

const DEMO = join(import.meta.dirname, '../src/demo/main.ts')
const CLUSTERS = 'slipway.cluster.v1.ClusterService'
let dir: string
let owner: Owner
/** What the demo said when it was ready last. */
let said: string

type Status = Record<
  'console' | 'rest' | 'caFile' | 'adminTokenFile' | 'project' | 'cluster' | 'kubeconfig',
  string
> & {
  hosts: { name: string }[]
  processes: { name: string; pid: number }[]
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-demo-'))
  owner = await ownerOf('slipway')
  await cacheFor(owner)
  said = await demo()
}, 300_000)
afterAll(async () => {
  await demo('down', '--purge')
  await rm(dir, { recursive: true, force: true })
}, 60_000)

test('without root there is a cluster of two simulated nodes, and status says where', async () => {
  const status = await readStatus()
  expect(status.hosts.map(({ name }) => name)).toEqual(['node-1', 'node-2', 'node-3'])
  expect(new URL(status.console).protocol).toBe('https:')
  expect(said).toContain(`The console is ${status.console} `)
  expect(status.processes.map(({ name }) => name)).toEqual(['slipway', 'postgres', 'nats', 'fleet'])
  expect(await nodesOf(status)).toEqual(['node-1', 'node-2'])
})

test('the link that it prints opens the console once: a password is chosen, and the cluster is there', async () => {
  const { console: url } = await readStatus()
  const [link = ''] = /https:\S+#code=\S+/.exec(said) ?? []
  expect(link.startsWith(`${url}/first-start#code=`)).toBe(true)
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage({ ignoreHTTPSErrors: true })
    const choose = async () => {
      await page.goto(link)
      await page.getByLabel('Password', { exact: true }).fill('seven blue anchors')
      await page.getByLabel('Password again').fill('seven blue anchors')
      await page.getByRole('button', { name: 'Set password and sign in' }).click()
    }
    await choose()
    await page.getByRole('link', { name: 'Clusters', exact: true }).click()
    await page.getByRole('cell', { name: 'demo', exact: true }).waitFor()
    await page.goto('about:blank')
    await choose()
    await page.getByText('This one-time link works no more').waitFor()
  } finally {
    await browser.close()
  }
})

test('a worker comes and the cluster goes, as on real hosts', async () => {
  const { call, ended, project, cluster, hosts } = await asAdministrator()
  const nodes = [{ host: hosts.get('node-3'), role: 'worker' }]
  const adding = await call(`${CLUSTERS}/AddNodes`, { project, id: cluster, nodes })
  expect(await ended(adding.operation.id)).toBe('succeeded')
  expect(await nodesOf(await readStatus())).toEqual(['node-1', 'node-2', 'node-3'])
  const deleting = await call(`${CLUSTERS}/DeleteCluster`, { project, id: cluster })
  expect(await ended(deleting.operation.id)).toBe('succeeded')
  const { hosts: free } = await call('slipway.host.v1.HostService/ListHosts', { project })
  expect(free.map((host: { state: string }) => host.state)).toEqual(['ready', 'ready', 'ready'])
}, 120_000)

test('a fleet that was lost is another one afterwards: the demo forgets the old hosts and builds anew', async () => {
  const before = await readStatus()
  process.kill(before.processes.find(({ name }) => name === 'fleet')?.pid ?? 0, 'SIGKILL')
  said = await demo()
  const after = await readStatus()
  expect(after.cluster).not.toBe(before.cluster)
  expect(await nodesOf(after)).toEqual(['node-1', 'node-2'])
}, 240_000)

test('down with --purge leaves no process and no file', async () => {
  const { processes } = await readStatus()
  await demo('down', '--purge')
  expect(await readStatus()).toMatchObject({ hosts: [], processes: [] })
  expect(await readdir(join(dir, 'home'))).not.toContain('demo-fleet')
  // A process that ends has lost its name before it is gone.
  const alive = async () => {
    const pids = await readdir('/proc')
    return processes.filter(({ pid }) => pids.includes(String(pid)))
  }
  await expect.poll(alive, { timeout: 10_000 }).toEqual([])
}, 60_000)

/** Runs the demo on a fleet as an unprivileged user; answers what it says. */
async function demo(...words: string[]): Promise<string> {
  const home = join(dir, 'home')
  const env = { HOME: home, SLIPWAY_DEMO_DIR: join(home, 'demo'), SLIPWAY_CACHE: cache() }
  const { stdout } = await run([process.execPath, DEMO, ...words, '--fleet'], { ...owner, cwd: home, env })
  return stdout
}

async function readStatus(): Promise<Status> {
  return JSON.parse(await demo('status', '--json'))
}

/** Names of the nodes that its API server knows, asked with the demo's kubeconfig. */
async function nodesOf({ kubeconfig }: Status): Promise<string[]> {
  const kubectl = join(cache(), 'artifacts/kubernetes/1.36.3/linux-amd64/kubectl')
  const { stdout } = await run([kubectl, '--kubeconfig', kubeconfig, 'get', 'nodes', '-o', 'name'])
  return stdout.trim().replaceAll('node/', '').split('\n')
}

async function asAdministrator() {
  const { rest: url, caFile, adminTokenFile, project, cluster } = await readStatus()
  const to = {
    url,
    ca: await readFile(caFile, 'utf8'),
    token: (await readFile(adminTokenFile, 'utf8')).trim(),
  }
  const call = (name: string, request: object) => callApi(to, name, { ...request })
  const { hosts } = await call('slipway.host.v1.HostService/ListHosts', { project })
  return {
    ...{ call, project, cluster },
    hosts: new Map<string, string>(hosts.map(({ name, id }: { name: string; id: string }) => [name, id])),
    ended: async (id: string) => {
      const watch = 'slipway.operation.v1.OperationService/WatchOperation'
      let state = ''
      for await (const { event, data } of followApi(to, watch, { project, id })) {
        if (event === 'operation') state = (data as { state: string }).state
      }
      return state
    },
  }
}

/** Where artifacts are for the user that the demo runs as. */
function cache(): string {
  return owner ? join(dir, 'cache') : readSettings().SLIPWAY_CACHE
}

/** Root's cache is for root alone: its files are shown to the user under names of his own. */
async function cacheFor(user: Owner): Promise<void> {
  await mkdir(join(dir, 'home'))
  if (!user) return
  await mkdir(cache())
  const folders = ['artifacts', 'bases', 'bin', 'debs', 'images', 'releases', 'recorded.json']
  const from = readSettings().SLIPWAY_CACHE
  await run(['cp', '--archive', '--link', ...folders.map((name) => join(from, name)), cache()])
  for (const path of [join(dir, 'home'), cache(), join(cache(), 'bin'), join(cache(), 'releases')])
    await chown(path, user.uid, user.gid)
  await run(['chmod', '755', dir])
}
