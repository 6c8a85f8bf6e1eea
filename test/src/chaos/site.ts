import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { status } from '@grpc/grpc-js'
import { readSettings } from '@slipway/cli/config'
import { fetchArtifacts } from '@slipway/cli/demo'
import { CredentialServiceService as Credentials } from '@slipway/contracts/credential/v1/credential_service'
import { EventServiceService as Events } from '@slipway/contracts/event/v1/event_service'
import { HostServiceService as Hosts } from '@slipway/contracts/host/v1/host_service'
import { IdentityServiceService as Identity } from '@slipway/contracts/identity/v1/identity_service'
import { ProjectServiceService as Projects } from '@slipway/contracts/project/v1/project_service'
import { RepoServiceService as Repo } from '@slipway/contracts/repo/v1/repo_service'
import { pushRelease } from '@slipway/release'
import pg from 'pg'
import { startAllInOne } from '../all-in-one.ts'
import { type Door, openDoor } from '../grpc-door.ts'
import { type Inventory, inventoryOf } from '../host-inventory.ts'
import { until } from '../person.ts'
import { type Services, startSeparateServices } from '../separate-services.ts'
import { openSubscriber, type Subscriber } from '../subscriber.ts'
import type { World } from '../world.ts'

/** The hosts that faults are played on, and what is needed to reach them past Slipway. */
export type Ground = Pick<World, 'dir' | 'hosts' | 'version' | 'lab'>

/** A Slipway with a project, whose hosts become a cluster and single machines again. */
export type Site = {
  ground: Ground
  services: Services
  door: Door
  project: string
  /** The first becomes the control plane, the second its worker; a third is added and removed. */
  hosts: { name: string; id: string }[]
  /** An outsider's ears from the beginning. */
  subscriber: Subscriber
  /** What each host was before anything was done to it. */
  pristine: Record<string, Inventory>
  /** Reads rows of all services. */
  query: <T extends object>(sql: string, values?: unknown[]) => Promise<T[]>
  close: () => Promise<void>
}

/** Every service in a process of its own, or all in one. */
export type SiteKind = 'separate' | 'all-in-one'

/** Starts it on some of the ground's hosts, with the release in repo-proxy. */
export async function openSite(
  ground: Ground,
  { as, hosts: names, logs }: { as: SiteKind; hosts: readonly string[]; logs?: string },
): Promise<Site> {
  const settings = readSettings()
  const services = await (as === 'all-in-one' ? startAllInOne : startSeparateServices)({
    address: ground.lab.gateway,
    natsServer: join(settings.SLIPWAY_CACHE, 'bin/nats-server'),
    ansibleVenv: settings.SLIPWAY_ANSIBLE_VENV,
    logLevel: logs ? 'info' : 'warn',
    // What is killed here has to keep its word.
    durable: true,
    ...(logs ? { logs } : {}),
  })
  try {
    const door = await enrol(services)
    await push(services, door)
    const { id: project } = await door.call(Projects.createProject, { name: 'chaos' })
    const made = await door.call(Events.createSubscription, {
      project,
      since: new Date(0),
      expiresInSeconds: 86_400,
    })
    const subscriber = await openSubscriber(made, services.ca)
    const pristine = await inventoryOf(ground, names)
    const ids = await Promise.all(names.map((name) => addHost({ ground, door, project }, name)))
    return {
      ground,
      services,
      door,
      project,
      hosts: names.map((name, index) => ({ name, id: ids[index] ?? '' })),
      subscriber,
      pristine,
      query: (sql, values = []) => query(services.databaseUrl, sql, values),
      close: async () => {
        await subscriber.close()
        door.close()
        await services.stop()
      },
    }
  } catch (error) {
    await services.stop()
    throw error
  }
}

const PATIENCE_MS = 120_000

/** Calls as a patient client does: again under the same key while the answer is that it should come again. */
export async function patiently<T>(call: (options: { idempotencyKey: string }) => Promise<T>): Promise<T> {
  const idempotencyKey = randomUUID()
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      return await call({ idempotencyKey })
    } catch (error) {
      if ((error as { code?: unknown }).code !== status.UNAVAILABLE || Date.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
  }
}

/** Redeems the one-time code that the first start wrote. */
export async function enrol({ grpc: address, ca, enrolmentFile }: Services): Promise<Door> {
  const nobody = openDoor({ address, ca })
  const code = (await readFile(enrolmentFile, 'utf8')).trim()
  const { secret: token } = await nobody.call(Identity.enrol, { code, tokenName: 'story' })
  nobody.close()
  return openDoor({ address, ca, token })
}

/** Uploads the release with a push token. */
export async function push({ repo: baseUrl, ca }: Services, door: Door): Promise<void> {
  const settings = readSettings()
  const { signal } = new AbortController()
  const resolved = await fetchArtifacts(settings, signal, () => {})
  const { token } = await door.call(Repo.createPushToken, { expiresInMinutes: 30 })
  const repo = { baseUrl, ca, token }
  await pushRelease({ resolved, cacheDir: settings.SLIPWAY_CACHE, repo, signal, report: () => {} })
}

/** Registers a host of the lab and waits until it is ready; answers its id. */
export async function addHost(
  { ground, door, project }: { ground: Pick<World, 'hosts'>; door: Door; project: string },
  name: string,
): Promise<string> {
  const host = ground.hosts.find((one) => one.name === name)
  const credential = await door.call(Credentials.createCredential, {
    project,
    name,
    user: host?.user ?? '',
    kind: 'private-key',
    privateKey: await readFile(host?.sshKeyFile ?? '', 'utf8'),
  })
  const { id } = await door.call(Hosts.createHost, {
    project,
    name,
    address: host?.address ?? '',
    credential: credential.id,
    profile: 'lab',
  })
  await until(
    () => door.call(Hosts.getHost, { project, id }),
    ({ state }) => state === 'ready',
  )
  return id
}

/** On a connection of its own: it works although PostgreSQL was another one a moment ago. */
async function query<T extends object>(url: string, sql: string, values: unknown[]): Promise<T[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<T>(sql, values)).rows
  } finally {
    await client.end()
  }
}
