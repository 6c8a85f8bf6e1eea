import { HostServiceService as Hosts } from '@slipway/contracts/host/v1/host_service'
import type { Operation } from '@slipway/contracts/operation/v1/operation'
import { OperationServiceService as Operations } from '@slipway/contracts/operation/v1/operation_service'
import { until } from '../person.ts'
import { readWatch, type Watched } from '../watch-grpc.ts'
import { patiently, type Site } from './site.ts'
import type { Storm } from './storm.ts'

/** How something ended that a fault struck. */
export type Ended = { result: string; problems: string[]; watched: Watched | undefined }

/** Follows an operation to its end, as a person does who resumes it when it failed; that counts as a problem. */
export async function followOperation(site: Site, operation: string, storm: Storm): Promise<Ended> {
  const at = { project: site.project, id: operation }
  const watch = () =>
    readWatch(site.door, at, {
      onOperation: ({ steps }) => {
        storm.moves()
        for (const { name, attempt } of steps) if (attempt > 0) storm.begins(name)
      },
      onLine: storm.moves,
    })
  let watched = await watch()
  const failures: string[] = []
  while (watched.last.state === 'failed' && failures.length < 2) {
    const { host = '', task = '', message = '' } = watched.last.failure ?? {}
    failures.push([host, task, message].join(' ').trim().slice(0, 300))
    await storm.over()
    await patiently((options) => site.door.call(Operations.resumeOperation, at, options))
    watched = await watch()
  }
  const { last } = watched
  return {
    result: [last.state, ...attemptsOf(last), ...failures.map(() => 'resumed by hand')].join(', '),
    problems: [
      ...(last.state === 'succeeded' ? [] : [`it ended ${last.state}: ${last.failure?.message}`]),
      ...failures.map((said) => `a person had to resume it: ${said}`),
    ],
    watched,
  }
}

function attemptsOf({ steps }: Operation): string[] {
  return steps.flatMap(({ name, attempt }) => (attempt > 1 ? [`${name} at attempt ${attempt}`] : []))
}

/** A refresh is no operation: it has ended when the host has been read anew. */
export async function followRefresh(
  site: Site,
  { since, storm }: { since: number; storm: Storm },
): Promise<Ended> {
  const at = { project: site.project, id: site.hosts[1]?.id ?? '' }
  await storm.struck()
  const host = await until(
    () => patiently(() => site.door.call(Hosts.getHost, at)),
    ({ state, factsAt }) => state !== 'gathering' && (factsAt?.getTime() ?? 0) > since,
  ).catch(() => patiently(() => site.door.call(Hosts.getHost, at)))
  storm.moves()
  const fresh = (host.factsAt?.getTime() ?? 0) > since
  const stale = host.state !== 'ready' || !fresh
  const problems = stale
    ? [`the host is ${host.state}, read ${host.factsAt?.toISOString()}: ${host.stateReason}`]
    : []
  return { result: host.state, problems, watched: undefined }
}
