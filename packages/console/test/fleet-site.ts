import { generateKeyPairSync, randomInt } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connection, callApi } from '@slipway/cli/api'
import { readSettings } from '@slipway/cli/config'
import { ensureHosts, ensureProject, fetchArtifacts, pushOnce } from '@slipway/cli/demo'
import { type RunningFleet, startFleet, stopFleet } from '@slipway/fleet'
import { type Site, startSite } from './site.ts'

/** A site with simulated hosts, on which clusters can really be created. */
export type FleetSite = Site & {
  fleet: RunningFleet
  to: Connection
  project: string
  hosts: { id: string; name: string }[]
  /** Begins to create a cluster: the first host is its control plane. Answers the operation. */
  create: (name: string, hosts: readonly { id: string }[]) => Promise<string>
}

/** Starts it; simulated work takes `pace` of what it takes on real hosts. */
export async function startFleetSite({
  pace,
  hosts: count,
}: {
  pace: number
  hosts: number
}): Promise<FleetSite> {
  const settings = readSettings()
  const dir = await mkdtemp(join(tmpdir(), 'slipway-fleet-'))
  // Playbooks are carried out by another user than this one.
  await chmod(dir, 0o755)
  const at = join(dir, 'fleet')
  const fleet = await startFleet({ dir: at, cacheDir: settings.SLIPWAY_CACHE, pace })
  let site: Site | undefined
  const stop = async () => {
    await site?.stop()
    await stopFleet(at)
    await rm(dir, { recursive: true, force: true })
  }
  try {
    site = await startSite({ SLIPWAY_ANSIBLE_VENV: fleet.venv, SLIPWAY_LOOPBACK_HOSTS: true })
    const to = await site.administrator()
    const { signal } = new AbortController()
    const release = await fetchArtifacts(settings, signal, () => {})
    await pushOnce(to, site.repo, release, settings.SLIPWAY_CACHE, signal, () => {})
    const project = await ensureProject(to)
    const sshKeyFile = join(dir, 'login.key')
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await writeFile(sshKeyFile, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 })
    // Beside the networks of demos and benches: several fleets run on one machine.
    const network = `127.${randomInt(200, 250)}.${randomInt(1, 250)}`
    const wanted = Array.from({ length: count }, (_, index) => ({
      ...{ name: `node-${index + 1}`, address: `${network}.${index + 1}`, user: 'ops', sshKeyFile },
    }))
    const hosts = await ensureHosts(to, project, wanted, () => {})
    const create = async (name: string, of: readonly { id: string }[]) => {
      const nodes = of.map(({ id }, index) => ({ host: id, role: index === 0 ? 'control-plane' : 'worker' }))
      const spec = { kubernetesVersion: release.kubernetes, controlPlaneSchedulable: true, nodes }
      const asked = { project, name, spec }
      const { operation } = await callApi(to, 'slipway.cluster.v1.ClusterService/CreateCluster', asked)
      return operation.id as string
    }
    return { ...site, fleet, to, project, hosts, create, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
