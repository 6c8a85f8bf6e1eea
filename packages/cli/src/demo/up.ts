import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Connection, callApi } from '../api/client.ts'
import type { Settings } from '../config.ts'
import { ensureCluster, ensureHosts, ensureProject, forgetEverything } from './cluster.ts'
import type { Ground, GroundHost } from './ground/ground.ts'
import { type Place, readRecord, record } from './place.ts'
import { administrator, consoleLink, ensurePlatform, type Running } from './platform.ts'
import { showProgress } from './progress.ts'
import { fetchArtifacts, kubectlOf, pushOnce } from './release.ts'

const PHASES = 7

/** From nothing to a proved cluster; every phase looks at what is there first, so a second run takes seconds. */
export async function demoUp(
  place: Place,
  ground: Ground,
  settings: Settings,
  signal: AbortSignal,
): Promise<void> {
  const progress = showProgress(PHASES, settings.SLIPWAY_BEGAN ?? Date.now())
  const release = await progress.phase(`artifacts of Kubernetes ${settings.SLIPWAY_DEMO_KUBERNETES}`, (say) =>
    fetchArtifacts(settings, signal, say),
  )
  const made = await progress.phase(ground.title, (say) => ground.up(say, signal))
  const running = await progress.phase('Slipway itself, on embedded PostgreSQL and NATS', async () =>
    ensurePlatform(place, made.settings, made.gateway),
  )
  const to = await administrator(place, running)
  await progress.phase('artifacts into repo-proxy', (say) =>
    pushOnce(to, running.repo, release, settings.SLIPWAY_CACHE, signal, say),
  )
  const { project, hosts } = await progress.phase('project, credential and hosts', async (say) => {
    const project = await ensureProject(to)
    await forgetOtherHosts(to, place, made.hosts, project)
    await record(place, { project })
    return { project, hosts: await ensureHosts(to, project, made.hosts, say) }
  })
  const cluster = await progress.phase('a cluster of one control plane and one worker', (say) =>
    ensureCluster(to, project, { version: release.kubernetes, hosts }, say),
  )
  await record(place, { cluster })
  const kubectl = kubectlOf(release, settings.SLIPWAY_CACHE)
  await progress.phase(`proof: ${ground.proof}`, async (say) => {
    const { kubeconfig } = await callApi(to, 'slipway.cluster.v1.ClusterService/CreateKubeconfig', {
      project,
      id: cluster,
    })
    await writeFile(place.kubeconfig, kubeconfig, { mode: 0o600 })
    say(await ground.prove({ kubectl, kubeconfig: place.kubeconfig, release }))
  })
  const person = await consoleLink(to, running)
  process.stdout.write(howToGoOn(place, ground, { running, person, kubectl }))
}

/** Hosts of an earlier lab have the same names, but are others: what Slipway knows of them is forgotten. */
async function forgetOtherHosts(
  to: Connection,
  place: Place,
  [host]: readonly GroundHost[],
  project: string,
): Promise<void> {
  const key = await readFile(`${host?.sshKeyFile}.pub`, 'utf8')
  const { lab: known } = await readRecord(place)
  if (known && known !== key) await forgetEverything(to, project)
  await record(place, { lab: key })
}

function howToGoOn(
  place: Place,
  { flag }: Ground,
  { running, person, kubectl }: { running: Running; person: { name: string; link: string }; kubectl: string },
): string {
  const main = join(import.meta.dirname, '../main.ts')
  return `
The cluster runs. The console is ${running.console} (its certificate is of this install’s own CA, ${running.caFile}).
  ${person.link}
  chooses a password for ${person.name}, an administrator; the link works once, for a day. Run the demo again for another.

Go on with:
  ${kubectl} --kubeconfig ${place.kubeconfig} get nodes        (the kubeconfig is good for an hour; run the demo again for another)
  export SLIPWAY_URL=${running.rest} SLIPWAY_CA=${join(place.data, 'keys/ca.pem')} SLIPWAY_TOKEN_FILE=${place.token}
  node_modules/.bin/node ${main} cluster --help
  npm run demo -- status${flag}          what runs and where
  npm run demo -- down${flag}            removes cluster, hosts and network; --purge the data too
`
}
