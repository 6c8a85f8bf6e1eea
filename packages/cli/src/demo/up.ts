import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type LabState, labUp, readLabConfig } from '@slipway/lab'
import { type Connection, callApi } from '../api/client.ts'
import type { Settings } from '../config.ts'
import { ensureCluster, ensureHosts, ensureProject, forgetEverything } from './cluster.ts'
import { type Place, readRecord, record } from './place.ts'
import { administrator, ensurePlatform } from './platform.ts'
import { showProgress } from './progress.ts'
import { proveCluster } from './prove.ts'
import { fetchArtifacts, kubectlOf, proofImage, pushOnce } from './release.ts'

const PHASES = 7

/** From nothing to a proved cluster; every phase looks at what is there first, so a second run takes seconds. */
export async function demoUp(place: Place, settings: Settings, signal: AbortSignal): Promise<void> {
  const progress = showProgress(PHASES, settings.SLIPWAY_BEGAN ?? Date.now())
  const release = await progress.phase(`artifacts of Kubernetes ${settings.SLIPWAY_DEMO_KUBERNETES}`, (say) =>
    fetchArtifacts(settings, signal, say),
  )
  const lab = await progress.phase('a lab of three hosts', (say) =>
    labUp({
      ...readLabConfig(),
      name: 'demo',
      dir: place.lab,
      cacheDir: settings.SLIPWAY_CACHE,
      hosts: ['node-1', 'node-2', 'node-3'].map((name) => ({ name, user: 'ops' })),
      report: say,
      signal,
    }),
  )
  const running = await progress.phase('Slipway itself, on embedded PostgreSQL and NATS', async () =>
    ensurePlatform(place, settings, lab.gateway),
  )
  const to = await administrator(place, running)
  await progress.phase('artifacts into repo-proxy', (say) =>
    pushOnce(to, running.repo, release, settings.SLIPWAY_CACHE, signal, say),
  )
  const { project, hosts } = await progress.phase('project, credential and hosts', async (say) => {
    const project = await ensureProject(to)
    await forgetOtherLab(to, place, lab, project)
    await record(place, { project })
    return { project, hosts: await ensureHosts(to, project, lab.hosts, say) }
  })
  const cluster = await progress.phase('a cluster of one control plane and one worker', (say) =>
    ensureCluster(to, project, { version: release.kubernetes, hosts }, say),
  )
  await record(place, { cluster })
  await progress.phase('proof: a workload on both nodes', async (say) => {
    const { kubeconfig } = await callApi(to, 'slipway.cluster.v1.ClusterService/CreateKubeconfig', {
      project,
      id: cluster,
    })
    await writeFile(place.kubeconfig, kubeconfig, { mode: 0o600 })
    say(
      await proveCluster(
        { program: kubectlOf(release, settings.SLIPWAY_CACHE), kubeconfig: place.kubeconfig },
        proofImage(release),
      ),
    )
  })
  process.stdout.write(howToGoOn(place, running.rest, kubectlOf(release, settings.SLIPWAY_CACHE)))
}

/** Hosts of an earlier lab have the same names, but are others: what Slipway knows of them is forgotten. */
async function forgetOtherLab(to: Connection, place: Place, lab: LabState, project: string): Promise<void> {
  const key = await readFile(`${lab.hosts[0]?.sshKeyFile}.pub`, 'utf8')
  const { lab: known } = await readRecord(place)
  if (known && known !== key) await forgetEverything(to, project)
  await record(place, { lab: key })
}

function howToGoOn(place: Place, rest: string, kubectl: string): string {
  const main = join(import.meta.dirname, '../main.ts')
  return `
The cluster runs. Go on with:
  ${kubectl} --kubeconfig ${place.kubeconfig} get nodes        (the kubeconfig is good for an hour; run the demo again for another)
  export SLIPWAY_URL=${rest} SLIPWAY_CA=${join(place.data, 'keys/ca.pem')} SLIPWAY_TOKEN_FILE=${place.token}
  node_modules/.bin/node ${main} cluster --help
  npm run demo -- status          what runs and where
  npm run demo -- down            removes cluster, hosts and network; --purge the data too
`
}
