import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { callApi } from '@slipway/cli/api'
import { ensureHosts, ensureProject } from '@slipway/cli/demo'
import type { LabHost } from '@slipway/lab'
import { run } from '@slipway/process'
import { parseAllDocuments, stringify } from 'yaml'
import type { Site } from './site.ts'

const quiet = () => {}

/** Creates a cluster of two hosts through the API; seconds from POST to both nodes Ready. */
export async function createThroughApi({ to, release }: Site, pair: readonly LabHost[]): Promise<number> {
  const project = await ensureProject(to)
  const known = await ensureHosts(to, project, pair, quiet)
  const nodes = known.map(({ id }, index) => ({ host: id, role: index === 0 ? 'control-plane' : 'worker' }))
  const began = performance.now()
  const { cluster } = await callApi(to, 'slipway.cluster.v1.ClusterService/CreateCluster', {
    project,
    name: 'bench',
    spec: { kubernetesVersion: release.kubernetes, controlPlaneSchedulable: true, nodes },
  })
  await bothReady(async () => {
    const answer = await callApi(to, 'slipway.cluster.v1.ClusterService/ListNodes', {
      project,
      id: cluster.id,
    })
    return (answer.nodes as { ready: boolean }[]).filter((node) => node.ready).length
  })
  return (performance.now() - began) / 1000
}

/** Waits until kubectl on the first node says that both are Ready. */
export async function bothReadyOn(host: LabHost): Promise<void> {
  const words = ['kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf', 'get', 'nodes', '--no-headers']
  await bothReady(async () => ((await ssh(host, words)).match(/ Ready /g) ?? []).length)
}

async function bothReady(count: () => Promise<number>): Promise<void> {
  while ((await count().catch(() => 0)) < 2) await new Promise((resolve) => setTimeout(resolve, 200))
}

/** The same manifest that Slipway applies, with its settings filled in. */
export async function flannel(): Promise<string> {
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

/** Writes a file on a host. */
export async function put(host: LabHost, path: string, text: string): Promise<void> {
  await ssh(host, ['tee', path], text)
}

/** Runs a command on a host and answers what it printed. */
export async function ssh(host: LabHost, words: string[], input?: string): Promise<string> {
  const options = [
    '-o',
    `UserKnownHostsFile=${host.knownHostsFile}`,
    '-o',
    'LogLevel=ERROR',
    '-i',
    host.sshKeyFile,
  ]
  const argv = ['ssh', ...options, `${host.user}@${host.address}`, ...words]
  return (await run(argv, { input, deadlineMs: 300_000 })).stdout
}
