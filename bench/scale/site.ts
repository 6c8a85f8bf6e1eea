import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Connection, callApi } from '@slipway/cli/api'
import { readSettings } from '@slipway/cli/config'
import { fetchArtifacts, pushOnce } from '@slipway/cli/demo'
import { type RunningFleet, startFleet, stopFleet } from '@slipway/fleet'
import { type Services, startSeparateServices } from '@slipway/stories/separate-services'
import pg from 'pg'

/** A Slipway of separate processes, two replicas of cluster-manager among them, and a simulated fleet for it. */
export type Site = {
  services: Services
  fleet: RunningFleet
  /** Times of everything that ansible-playbook's double played, in ms since 1970. */
  plays: () => Promise<{ playbook: string; began: number; ended: number }[]>
  /** REST, as the administrator. */
  to: Connection
  project: string
  /** Of Kubernetes. */
  version: string
  /** Reads rows of all services. */
  query: <T extends object>(sql: string, values?: unknown[]) => Promise<T[]>
}

/**
 * How it is made: simulated work takes `pace` of what it takes on real hosts; `parallel` playbooks run at once. In the
 * folder `profiles` api-gateway and cluster-manager leave CPU profiles when they end.
 */
export type SiteWish = {
  pace: number
  servers?: number
  parallel?: number
  logLevel?: string
  profiles?: string
}

/** Brings a site up, does the work, and takes everything down again whatever happened. PostgreSQL is durable here. */
export async function atFleet(wish: SiteWish, work: (site: Site) => Promise<void>): Promise<void> {
  const settings = readSettings()
  const dir = await mkdtemp('/var/lib/slipway/scale-')
  await chmod(dir, 0o755)
  const at = join(dir, 'fleet')
  const { signal } = new AbortController()
  const quiet = () => {}
  let services: Services | undefined
  let database: pg.Client | undefined
  try {
    const release = await fetchArtifacts(settings, signal, quiet)
    const { pace, servers, parallel = 8, logLevel = 'warn', profiles } = wish
    const profiled = profiles ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profiles}` } : undefined
    const fleet = await startFleet({ dir: at, cacheDir: settings.SLIPWAY_CACHE, pace, servers })
    services = await startSeparateServices({
      address: '127.0.0.1',
      natsServer: join(settings.SLIPWAY_CACHE, 'bin/nats-server'),
      ansibleVenv: fleet.venv,
      logLevel,
      logs: dir,
      durable: true,
      more: {
        'api-gateway': { ...profiled },
        'cluster-manager': { SLIPWAY_LOOPBACK_HOSTS: 'true', ...profiled },
        'ansible-runner': { SLIPWAY_RUNNER_PARALLEL: String(parallel) },
      },
    })
    const to = await enrol(services)
    await pushOnce(to, services.repo, release, settings.SLIPWAY_CACHE, signal, quiet)
    const { id: project } = await callApi(to, 'slipway.project.v1.ProjectService/CreateProject', {
      name: 'scale',
    })
    const client = new pg.Client({ connectionString: services.databaseUrl })
    database = client
    await client.connect()
    const query = async <T extends object>(sql: string, values: unknown[] = []) =>
      (await client.query<T>(sql, values)).rows
    const plays = async () => {
      const lines = (await readFile(join(at, 'plays.jsonl'), 'utf8')).trim().split('\n')
      return lines.map((line) => JSON.parse(line))
    }
    await work({ services, fleet, plays, to, project, version: release.kubernetes, query })
  } finally {
    await database?.end()
    await services?.stop()
    await stopFleet(at)
    await rm(dir, { recursive: true, force: true })
  }
}

/** Redeems the one-time code that the first start wrote. */
async function enrol({ rest: url, ca, enrolmentFile }: Services): Promise<Connection> {
  const code = (await readFile(enrolmentFile, 'utf8')).trim()
  const { secret: token } = await callApi({ url, ca }, 'slipway.identity.v1.IdentityService/Enrol', {
    code,
    tokenName: 'bench',
  })
  return { url, ca, token }
}
