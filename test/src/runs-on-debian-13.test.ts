import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { callApi } from '@slipway/cli/api'
import { readSettings, upstreamSettings } from '@slipway/cli/config'
import { placeIn, proveCluster } from '@slipway/cli/demo'
import { labPowerOff, labUp, readLabConfig } from '@slipway/lab'
import { run } from '@slipway/process'
import { fetchRelease, pushRelease, readReleases } from '@slipway/release'
import { type AskedRun, askedRuns } from '@slipway/testing'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { differences, type Inventory, inventoryOf } from './host-inventory.ts'
import { asRoot } from './on-host.ts'
import { changeContent, changeMode, describeFiles, type OwnedFile, ownedFiles } from './owned-files.ts'
import { type Answer, followOperation, personAt, projectWithHosts, until } from './person.ts'
import { type Change, changedPaths, otherChanges, playRoles, rolePlaybooks } from './play-roles.ts'

const shared = inject('world')
const person = personAt(shared.to)
const nodes = [
  { name: 'd-1', role: 'control-plane' },
  { name: 'd-2', role: 'worker' },
] as const
const names = nodes.map(({ name }) => name)
/** What a person does to the files of each node. */
const drifts = {
  'd-1': {
    change: changeContent,
    of: ['file', 'lines', 'absent'],
    restarts: ['restart containerd.service', 'try-restart kubelet.service'],
  },
  'd-2': { change: changeMode, of: ['file'], restarts: [] as string[] },
}
let world = shared
let project: string
let hosts: Record<string, string>
let before: Record<string, Inventory>
let cluster: string
/** What Slipway itself played: the same is played again here. */
let asked: Map<string, AskedRun>
/** By node. */
let owned: Record<string, OwnedFile[]>
let kubeconfig: string

beforeAll(async () => {
  const [state] = await Promise.all([debian13Hosts(), stockDebian13()])
  world = { ...shared, hosts: [...shared.hosts, ...state.hosts] }
  before = await inventoryOf(world, names)
  ;({ project, hosts } = await projectWithHosts(person, world, names))
  await createCluster()
  owned = Object.fromEntries(nodes.map(({ name, role }) => [name, ownedFiles(role, releaseOf(name))]))
  kubeconfig = join(world.dir, 'debian-13.kubeconfig')
  const made = await person.call('Cluster.CreateKubeconfig', { project, id: cluster, minutes: 60 })
  await writeFile(kubeconfig, made.kubeconfig, { mode: 0o600 })
})

afterAll(async () => {
  for (const host of names) await labPowerOff({ dir: shared.lab.dir, host, force: true })
  for (const id of Object.values(hosts ?? {})) await person.call('Host.DeleteHost', { project, id })
})

describe('a cluster of two Debian 13 hosts', () => {
  test('its nodes are Ready and say what they run', async () => {
    const answer = await person.call('Cluster.ListNodes', { project, id: cluster })
    expect(answer.nodes.map(({ name, ready }: Answer) => [name, ready])).toEqual([
      ['d-1', true],
      ['d-2', true],
    ])
    const images = await kubectl('get', 'nodes', '-o', 'jsonpath={.items[*].status.nodeInfo.osImage}')
    expect(images).toMatch(/^Debian GNU\/Linux 13 .*Debian GNU\/Linux 13 /)
  })

  test('a workload runs on both', async () => {
    expect(await prove()).toMatch(/replicas on d-\d and d-\d/)
  })
})

describe('the roles, played again on the living cluster with the variables that Slipway gave them', () => {
  test('change nothing, and say so beforehand', async () => {
    expect(await play({ check: true })).toEqual([])
    expect(await play()).toEqual([])
  })

  test('wrote no file that is not known to be theirs', async () => {
    for (const name of names) {
      const ledger = JSON.parse(await asRoot(world, name, 'cat /var/lib/slipway/state.json'))
      expect(Object.keys(ledger.files).sort(), name).toEqual(pathsOf(owned[name]))
    }
  })

  test('report every file that was changed by hand, leave it alone in check mode and set it right in real mode', async () => {
    await prove()
    const pods = await podsOfProof()
    const right = await described()
    for (const name of names) await asRoot(world, name, drifts[name].change(drifting(name)))
    const drifted = await described()
    const announced = await play({ check: true })
    expect(await described(), 'in check mode').toEqual(drifted)
    const corrected = await play()
    expect(withoutTime(await described()), 'in real mode').toEqual(withoutTime(right))
    for (const name of names) {
      for (const changes of [announced, corrected]) {
        expect(changedPaths(changes, name), name).toEqual(pathsOf(drifting(name)))
        expect(otherChanges(changes, name), name).toEqual(drifts[name].restarts)
      }
    }
    expect(await play(), 'once more').toEqual([])
    await expectRunning(pods)
  })
})

test('deleting it leaves the hosts as they were before the create', async () => {
  const { operation } = await person.call('Cluster.DeleteCluster', { project, id: cluster })
  const { operation: ended } = await followOperation(person, project, operation.id)
  expect(ended.failure, 'the delete failed').toBeFalsy()
  const after = await inventoryOf(world, names)
  for (const name of names) expect(differences(before[name] ?? {}, after[name] ?? {}), name).toEqual([])
})

/** Adds them to the lab of all stories. */
async function debian13Hosts() {
  const wishes = nodes.map(({ name }) => ({ name, user: 'ops', os: 'debian-13' as const }))
  const state = await labUp({ ...readLabConfig(), name: shared.lab.name, dir: shared.lab.dir, hosts: wishes })
  return { hosts: state.hosts.filter(({ os }) => os === 'debian-13') }
}

/** Adds what Debian 13 needs to the release that repo-proxy has. */
async function stockDebian13(): Promise<void> {
  const { SLIPWAY_CACHE: cacheDir, SLIPWAY_RELEASES } = readSettings()
  const manifest = (await readReleases(SLIPWAY_RELEASES)).find(
    ({ kubernetes }) => kubernetes === world.version,
  )
  if (!manifest) throw new TypeError(`there is no manifest of ${world.version}`)
  const work = { cacheDir, signal: new AbortController().signal, report: () => {} }
  const platforms = [shared.platform, 'debian-13-amd64']
  const resolved = await fetchRelease({ ...work, env: upstreamSettings(), manifest, platforms })
  const { token } = await callApi(shared.to, 'slipway.repo.v1.RepoService/CreatePushToken', {
    expiresInMinutes: 30,
  })
  await pushRelease({ ...work, resolved, repo: { baseUrl: shared.running.repo, ca: shared.to.ca, token } })
}

/** Creates the cluster, and reads what the runner is asked for while it is. */
async function createCluster(): Promise<void> {
  const created = new AbortController()
  const from = { data: placeIn(world.dir).data, project, signal: created.signal }
  const reading = askedRuns(from, rolePlaybooks)
  reading.catch(() => {}) // of a create that failed, its own words count
  const change = await person.call('Cluster.CreateCluster', {
    project,
    name: 'trixie',
    spec: {
      kubernetesVersion: world.version,
      controlPlaneSchedulable: true,
      nodes: nodes.map(({ name, role }) => ({ host: hosts[name], role })),
    },
  })
  cluster = change.cluster.id
  const { operation } = await followOperation(person, project, change.operation.id)
  created.abort(new Error('the create ended before its playbooks were seen'))
  expect(operation.failure, 'the create failed').toBeFalsy()
  asked = await reading
  // Images that nothing waits for are pulled in the background.
  for (const name of names) {
    const pulling = "systemctl list-units --no-legend 'slipway-*-images.service'"
    await until(
      () => asRoot(world, name, pulling),
      (units) => units.trim() === '',
    )
  }
}

/** A node's part of the release, as the runner was given it. */
function releaseOf(name: string) {
  const { slipway_release } = asked.get('prepare.yml')?.hosts[name] ?? {}
  return slipway_release as { registries: string[]; files: { path: string }[] }
}

let plays = 0

function play({ check = false } = {}): Promise<Change[]> {
  plays += 1
  return playRoles(world, asked, { attempt: plays, check })
}

/** What is changed by hand on a node. */
function drifting(name: keyof typeof drifts): OwnedFile[] {
  return (owned[name] ?? []).filter(({ what }) => drifts[name].of.includes(what))
}

function pathsOf(files: readonly OwnedFile[] = []): string[] {
  return files.map(({ path }) => path).sort()
}

async function described(): Promise<string[]> {
  const texts = await Promise.all(names.map((name) => asRoot(world, name, describeFiles(drifting(name)))))
  return texts.flatMap((text) => text.split('\n'))
}

function withoutTime(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/^(\d+ \S+) \d+/, '$1'))
}

/** Runs the workload, or finds it running. */
function prove(): Promise<string> {
  return proveCluster({ program: world.kubectl, kubeconfig }, world.proofImage)
}

/** Pods of the workload by identity, with how often each was started again. */
function podsOfProof(): Promise<string> {
  const each = '{range .items[*]}{.metadata.uid} {.status.containerStatuses[*].restartCount}{"\\n"}{end}'
  return kubectl('get', 'pods', '-l', 'app=proof', '-o', `jsonpath=${each}`)
}

/** Units are active, nodes Ready, and no container of the workload was stopped. */
async function expectRunning(pods: string): Promise<void> {
  for (const name of names) await asRoot(world, name, 'systemctl is-active --quiet containerd kubelet')
  await until(
    () => person.call('Cluster.ListNodes', { project, id: cluster }),
    (answer) => answer.nodes.every(({ ready }: Answer) => ready),
  )
  expect(await podsOfProof()).toBe(pods)
}

async function kubectl(...words: string[]): Promise<string> {
  return (await run([world.kubectl, '--kubeconfig', kubeconfig, ...words], { deadlineMs: 60_000 })).stdout
}
