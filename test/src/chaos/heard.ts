import { HostServiceService as Hosts } from '@slipway/contracts/host/v1/host_service'
import { OperationServiceService as Operations } from '@slipway/contracts/operation/v1/operation_service'
import { until } from '../person.ts'
import type { Watched } from '../watch-grpc.ts'
import { patiently, type Site } from './site.ts'

/** What an outsider heard wrongly: events of each object come in the order of their sequence, none is missing. */
export async function eventProblems(site: Site, operation: string | undefined): Promise<string[]> {
  const { subscriber, door, project } = site
  const wanted = new Map<string, number>()
  if (operation) {
    const { version } = await patiently(() => door.call(Operations.getOperation, { project, id: operation }))
    wanted.set(operation, version)
  }
  for (const { id } of site.hosts) {
    const { version } = await patiently(() => door.call(Hosts.getHost, { project, id }))
    wanted.set(id, version)
  }
  const heard = (id: string) =>
    Math.max(
      0,
      ...(sequencesOf(site)
        .get(id)
        ?.toSorted((a, b) => a - b) ?? []),
    )
  const late = () => [...wanted].filter(([id, version]) => heard(id) < version)
  const missing = await until(
    async () => late(),
    (left) => left.length === 0,
    30_000,
  ).catch(late)
  return [
    ...missing.map(([id, version]) => `event ${version} of ${id} did not come, the last was ${heard(id)}`),
    ...[...sequencesOf(site)].flatMap(([id, sequences]) => {
      const wrong = sequences.findIndex((sequence, index) => sequence !== index + 1)
      return wrong < 0
        ? []
        : [`events of ${id} came as ${sequences.slice(Math.max(0, wrong - 2), wrong + 3)}`]
    }),
    ...(subscriber.received.length === 0 ? ['no event was heard'] : []),
  ]
}

/** Sequences by object in the order of arrival; the same event may come again. */
function sequencesOf({ subscriber }: Site): Map<string, number[]> {
  const seen = new Set<string>()
  const objects = new Map<string, number[]>()
  for (const { event } of subscriber.received) {
    if (seen.has(event.id)) continue
    seen.add(event.id)
    const key = event.subject
    objects.set(key, [...(objects.get(key) ?? []), Number(event.sequence)])
  }
  return objects
}

/** What is missing or double of an operation's output: in the runner's store, by ListOutput, and as it was watched. */
export async function outputProblems(site: Site, operation: string, watched: Watched): Promise<string[]> {
  const stored = await storedLines(site, operation)
  const listed = await listedLines(site, operation)
  const count = [...stored.values()].reduce((sum, last) => sum + last, 0)
  return [
    ...(await storedHoles(site, operation)),
    ...[...stored].flatMap(([run, last]) => {
      const got = listed
        .filter((line) => line.startsWith(`${run} `))
        .map((line) => Number(line.split(' ')[1]))
      const whole = got.length === last && got.every((sequence, index) => sequence === index + 1)
      return whole ? [] : [`of the ${last} lines of ${run} ${got.length} are listed`]
    }),
    ...(listed.length === count ? [] : [`${listed.length} lines are listed, ${count} are stored`]),
    ...differenceOf(listed, watched.lines),
  ]
}

/** How many lines each run of an operation has, as its row says. */
async function storedLines({ query }: Site, operation: string): Promise<Map<string, number>> {
  const rows = await query<{ id: string; last: number }>(
    `SELECT id, last_sequence AS last FROM ansible_runner.run WHERE operation = $1 AND playbook <> 'facts.yml'`,
    [operation],
  )
  return new Map(rows.map(({ id, last }) => [id, last]))
}

async function storedHoles({ query }: Site, operation: string): Promise<string[]> {
  const blocks = await query<{ run: string; first: number; last: number; wanted: number }>(
    `SELECT run, first, last, coalesce(lag(last) OVER (PARTITION BY run ORDER BY first), 0) + 1 AS wanted
     FROM ansible_runner.output_block JOIN ansible_runner.run ON run.id = run WHERE operation = $1`,
    [operation],
  )
  return blocks
    .filter(({ first, wanted }) => first !== wanted)
    .map(({ run, first, wanted }) => `the store of ${run} goes on at ${first} instead of ${wanted}`)
}

async function listedLines({ door, project }: Site, operation: string): Promise<string[]> {
  const lines: string[] = []
  for (let pageToken = '', first = true; first || pageToken !== ''; first = false) {
    const wish = { project, id: operation, pageToken, pageSize: 5_000 }
    const page = await patiently(() => door.call(Operations.listOutput, wish))
    lines.push(...page.lines.map(({ run, sequence }) => `${run} ${sequence}`))
    pageToken = page.nextPageToken
  }
  return lines
}

function differenceOf(listed: readonly string[], watched: readonly string[]): string[] {
  const [all, seen] = [new Set(listed), new Set(watched)]
  const unseen = listed.filter((line) => !seen.has(line))
  const unknown = watched.filter((line) => !all.has(line))
  return [
    ...(unseen.length > 0 ? [`${unseen.length} lines were not watched, the first is ${unseen[0]}`] : []),
    ...(unknown.length > 0
      ? [`${unknown.length} watched lines are not stored, the first is ${unknown[0]}`]
      : []),
    ...(seen.size < watched.length ? [`${watched.length - seen.size} lines were watched twice`] : []),
  ]
}
