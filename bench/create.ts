// `node bench/create.ts` (as root, with nothing else running): a cluster of 1 + 1 through the API, from POST to both nodes
// Ready, against bench/by-hand.sh doing the same work on hosts made alike; blobs in repo-proxy, nodes empty. Target ≤ 2.0, aim 1.5.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { callApi } from '@slipway/cli/api'
import { readSettings } from '@slipway/cli/config'
import {
  administrator,
  endPlatform,
  ensureHosts,
  ensurePlatform,
  ensureProject,
  fetchArtifacts,
  PLATFORM,
  placeIn,
  pushOnce,
  VERSION,
} from '@slipway/cli/demo'
import { type LabHost, labDown, labPowerOff, labUp, readLabConfig } from '@slipway/lab'
import { run } from '@slipway/process'
import { parseAllDocuments, stringify } from 'yaml'

const settings = readSettings()
const dir = await mkdtemp('/var/lib/slipway/bench-')
const place = placeIn(dir)
const lab = { name: 'bench', dir: place.lab }
const signal = new AbortController().signal
const quiet = () => {}
const release = await fetchArtifacts(settings, signal, quiet)
try {
  const hosts = ['api-1', 'api-2', 'hand-1', 'hand-2'].map((name) => ({ name }))
  const { gateway, hosts: made } = await labUp({
    ...readLabConfig(),
    ...lab,
    cacheDir: settings.SLIPWAY_CACHE,
    hosts,
    signal,
  })
  const running = await ensurePlatform(place, settings, gateway)
  const to = await administrator(place, running)
  await pushOnce(to, running.repo, release, settings.SLIPWAY_CACHE, signal, quiet)
  const { token } = await callApi(to, 'slipway.repo.v1.RepoService/CreatePushToken', { expiresInMinutes: 60 })
  const byApi = await throughApi(made.slice(0, 2))
  for (const { name } of made.slice(0, 2)) await labPowerOff({ dir: place.lab, host: name, force: true })
  const byHand = await byScript(made.slice(2), token)
  process.stdout.write(
    `create through the API: ${byApi.toFixed(1)} s; by hand: ${byHand.toFixed(1)} s; ratio ${(byApi / byHand).toFixed(2)} (target ≤ 2.0, aim 1.5)\n`,
  )
  for (const { name, pid } of running.processes) if (name === 'slipway') await endPlatform(pid)

  async function throughApi(pair: readonly LabHost[]): Promise<number> {
    const project = await ensureProject(to)
    const known = await ensureHosts(to, project, pair, quiet)
    const nodes = known.map(({ id }, index) => ({ host: id, role: index === 0 ? 'control-plane' : 'worker' }))
    const began = performance.now()
    const { cluster } = await callApi(to, 'slipway.cluster.v1.ClusterService/CreateCluster', {
      project,
      name: 'bench',
      spec: { kubernetesVersion: VERSION, controlPlaneSchedulable: true, nodes },
    })
    await ready(async () => {
      const answer = await callApi(to, 'slipway.cluster.v1.ClusterService/ListNodes', {
        project,
        id: cluster.id,
      })
      return (answer.nodes as { ready: boolean }[]).filter((node) => node.ready).length
    })
    return (performance.now() - began) / 1000
  }

  async function byScript(pair: readonly LabHost[], pushToken: string): Promise<number> {
    const [first, second] = pair
    if (!first || !second) throw new Error('two hosts are needed')
    const repo = new URL(running.repo)
    const files = (release.platforms[PLATFORM]?.files ?? [])
      .map(({ url, path }) => `${url} ${path}\n`)
      .join('')
    for (const host of pair) {
      await put(host, '/tmp/by-hand.sh', await readFile(join(import.meta.dirname, 'by-hand.sh'), 'utf8'))
      await put(host, '/tmp/files', files)
      await put(host, '/tmp/flannel.yaml', await flannel())
    }
    const began = performance.now()
    const prepare = ['bash', '/tmp/by-hand.sh', 'prepare', 'repo.slipway.internal', gateway, repo.port]
    await Promise.all(pair.map((host) => ssh(host, prepare, `${pushToken}\n${to.ca}`)))
    const said = await ssh(first, ['bash', '/tmp/by-hand.sh', 'init', first.address, VERSION])
    const [, bootstrap = ''] = /--token (\S+)/.exec(said) ?? []
    const [, hash = ''] = /(sha256:[0-9a-f]+)/.exec(said) ?? []
    await ssh(second, ['bash', '/tmp/by-hand.sh', 'join', first.address, bootstrap, hash])
    await ready(async () => {
      const nodes = await ssh(first, [
        'kubectl',
        '--kubeconfig',
        '/etc/kubernetes/admin.conf',
        'get',
        'nodes',
        '--no-headers',
      ])
      return (nodes.match(/ Ready /g) ?? []).length
    })
    return (performance.now() - began) / 1000
  }
} finally {
  await labDown({ ...lab, force: true })
  await rm(dir, { recursive: true, force: true })
}
process.exit()

/** The same manifest that Slipway applies, with its settings filled in. */
async function flannel(): Promise<string> {
  const text = await readFile(join(import.meta.dirname, '../infra/kubernetes/flannel.yaml'), 'utf8')
  const settings = { Network: '10.244.0.0/16', EnableNFTables: true, Backend: { Type: 'vxlan' } }
  const objects = parseAllDocuments(text).map((document) => document.toJS())
  return objects
    .map((object) =>
      stringify(
        object.kind === 'ConfigMap'
          ? { ...object, data: { 'net-conf.json': JSON.stringify(settings) } }
          : object,
      ),
    )
    .join('---\n')
}

async function ready(count: () => Promise<number>): Promise<void> {
  while ((await count().catch(() => 0)) < 2) await new Promise((resolve) => setTimeout(resolve, 200))
}

async function put(host: LabHost, path: string, text: string): Promise<void> {
  await ssh(host, ['tee', path], text)
}

async function ssh(host: LabHost, words: string[], input?: string): Promise<string> {
  const options = [
    '-o',
    `UserKnownHostsFile=${host.knownHostsFile}`,
    '-o',
    'LogLevel=ERROR',
    '-i',
    host.sshKeyFile,
  ]
  return (
    await run(['ssh', ...options, `${host.user}@${host.address}`, ...words], { input, deadlineMs: 300_000 })
  ).stdout
}
