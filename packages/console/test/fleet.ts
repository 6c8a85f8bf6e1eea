import { createHash, generateKeyPairSync } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connection, callApi } from '@slipway/cli/api'
import { readSettings } from '@slipway/cli/config'
import { endPlatform, ensurePlatform, fetchArtifacts, placeIn, pushOnce, readRecord } from '@slipway/cli/demo'
import { startFleet, stopFleet } from '@slipway/fleet'
import { type Browser, openBrowser } from './browser.ts'

/** A real all-in-one with the built console, a project with simulated hosts, and a real Chromium in front of it. */
export type FleetSite = {
  url: string
  browser: Browser
  /** Project with the hosts. */
  project: string
  /** Ids of its hosts by name. */
  hosts: Map<string, string>
  /** Of Kubernetes. */
  version: string
  /** Calls a method as the administrator, by token. */
  // biome-ignore lint/suspicious/noExplicitAny: the caller knows the shape of the method it names
  call: (name: string, request: object) => Promise<any>
  /** Makes a person with a password who has a role in the project. */
  person: (name: string, password: string, role: 'operator' | 'viewer') => Promise<void>
  stop: () => Promise<void>
}

const IDENTITY = 'slipway.identity.v1.IdentityService'
const READY_MS = 60_000

/** Starts it with hosts of these names; about half a minute. `pace` 1 is that of real hosts. */
export async function startFleetSite({ names, pace = 0.02 }: { names: readonly string[]; pace?: number }) {
  const settings = readSettings()
  const place = placeIn(await mkdtemp(join(tmpdir(), 'slipway-console-')))
  await chmod(place.dir, 0o755)
  const fleetDir = join(place.dir, 'fleet')
  const stop = async () => {
    const { pid } = await readRecord(place)
    if (pid) await endPlatform(pid)
    await stopFleet(fleetDir)
    await rm(place.dir, { recursive: true, force: true })
  }
  try {
    const { signal } = new AbortController()
    const release = await fetchArtifacts(settings, signal, () => {})
    const { venv } = await startFleet({ dir: fleetDir, cacheDir: settings.SLIPWAY_CACHE, pace })
    const own = { ...settings, SLIPWAY_ANSIBLE_VENV: venv, SLIPWAY_LOOPBACK_HOSTS: true }
    const running = await ensurePlatform(place, own, '127.0.0.1')
    const to = await enrol(running.rest, await readFile(running.caFile, 'utf8'), place.enrolment)
    await pushOnce(to, running.repo, release, settings.SLIPWAY_CACHE, signal, () => {})
    const call: FleetSite['call'] = (name, request) => callApi(to, name, { ...request })
    const { id: project } = await call('slipway.project.v1.ProjectService/CreateProject', { name: 'shop' })
    const hosts = await addHosts(call, project, names, networkOf(fleetDir))
    const browser = await openBrowser(running.rest)
    const site: FleetSite = {
      ...{ url: running.rest, browser, project, hosts, version: release.kubernetes, call },
      person: async (name, password, role) => {
        const made = await call(`${IDENTITY}/CreateUser`, { name })
        await callApi({ url: running.rest, ca: to.ca }, `${IDENTITY}/Enrol`, {
          ...{ code: made.enrolmentCode, password },
        })
        await call('slipway.project.v1.ProjectService/SetMember', { project, user: made.user.id, role })
      },
      stop: async () => {
        await browser.close()
        await stop()
      },
    }
    return site
  } catch (error) {
    await stop()
    throw error
  }
}

async function enrol(url: string, ca: string, file: string): Promise<Connection> {
  const code = (await readFile(file, 'utf8')).trim()
  const { secret: token } = await callApi({ url, ca }, `${IDENTITY}/Enrol`, { code, tokenName: 'test' })
  return { url, ca, token }
}

/** Registers simulated hosts, and answers their ids when their facts are known. */
async function addHosts(
  call: FleetSite['call'],
  project: string,
  names: readonly string[],
  network: string,
): Promise<Map<string, string>> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const credential = await call('slipway.credential.v1.CredentialService/CreateCredential', {
    ...{ project, name: 'ops', user: 'ops', kind: 'private-key' },
    privateKey: privateKey.export({ type: 'sec1', format: 'pem' }),
  })
  for (const [index, name] of names.entries()) {
    const address = `${network}.0.${index + 1}`
    await call('slipway.host.v1.HostService/CreateHost', {
      ...{ project, name, address, port: 22, credential: credential.id, profile: 'lab' },
    })
  }
  const until = Date.now() + READY_MS
  for (;;) {
    const { hosts } = await call('slipway.host.v1.HostService/ListHosts', { project, pageSize: 500 })
    const ready = (hosts as { id: string; name: string; state: string }[]).filter(
      ({ state }) => state === 'ready',
    )
    if (ready.length === names.length) return new Map(ready.map(({ id, name }) => [name, id]))
    if (Date.now() > until) throw new Error(`facts of hosts did not come: ${JSON.stringify(hosts)}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** Fleets of other folders have other addresses: two may run on one machine. */
function networkOf(dir: string): string {
  const [byte = 0] = createHash('sha256').update(dir).digest()
  return `127.${64 + (byte % 64)}`
}
