import { arch, platform, release } from 'node:os'
import { slipwayVersion } from '@slipway/config'
import { toSlipwayError } from '@slipway/errors'
import type { ArchivedFile } from './tar-gz.ts'

/** A row of the audit without what was asked and answered: those hold other people's words. */
type Entry = Record<'at' | 'userName' | 'door' | 'method' | 'project' | 'object' | 'result' | 'code', unknown>

/** Where a support bundle's files come from. What is read of the others is JSON. */
export type BundleSource = {
  health: () => Promise<object>
  /** Settings by service, of those that hold no secret. */
  settings: () => Promise<Record<string, Record<string, string>>>
  projects: () => AsyncIterable<{ id: string; name: string }>
  /** The newest operations of a project, with the failure of each that has one. */
  operations: (project: string) => Promise<readonly object[]>
  /** The state of each host or cluster of a project. */
  states: (project: string, noun: 'hosts' | 'clusters') => AsyncIterable<string>
  /** The newest entries, newest first. */
  audit: () => AsyncIterable<Entry>
  /** Lines of the log; undefined where it is no file. */
  log: () => Promise<string[] | undefined>
  now: () => Date
}

/** All of a support bundle, one file after the other; what can't be read is named in the last one, with the reason. */
export async function* gatherBundle(source: BundleSource): AsyncGenerator<ArchivedFile> {
  const missing: string[] = []
  const file = async (name: string, read: () => Promise<string>): Promise<ArchivedFile[]> => {
    try {
      return [{ name, text: await read() }]
    } catch (thrown) {
      missing.push(`${name}: ${toSlipwayError(thrown).message}`)
      return []
    }
  }
  yield* await file('versions.json', async () => json(versions(source.now())))
  yield* await file('health.json', async () => json(await source.health()))
  yield* await file('settings.json', async () => json(await source.settings()))
  for await (const { id, name } of source.projects()) {
    const folder = `projects/${name}`
    yield* await file(`${folder}/counts.json`, async () =>
      json({
        id,
        hosts: await countsOf(source.states(id, 'hosts')),
        clusters: await countsOf(source.states(id, 'clusters')),
      }),
    )
    yield* await file(`${folder}/operations.jsonl`, async () => lines(await source.operations(id)))
  }
  yield* await file('audit.jsonl', async () => {
    const entries: Entry[] = []
    for await (const entry of source.audit()) entries.push(withoutWords(entry))
    return lines(entries)
  })
  yield* await file('log.jsonl', async () => {
    const log = await source.log()
    if (log) return log.map((line) => `${line}\n`).join('')
    missing.push('log.jsonl: the log goes to no file; add what the machine keeps of it (journalctl)')
    return ''
  })
  yield { name: 'missing.txt', text: missing.map((line) => `${line}\n`).join('') }
}

function versions(now: Date) {
  return {
    writtenAt: now.toISOString(),
    slipway: slipwayVersion,
    node: process.version,
    system: `${platform()} ${release()} ${arch()}`,
    runsForSeconds: Math.round(process.uptime()),
  }
}

/** How many there are in each state. */
async function countsOf(states: AsyncIterable<string>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for await (const state of states) counts[state] = (counts[state] ?? 0) + 1
  return counts
}

function withoutWords({ at, userName, door, method, project, object, result, code }: Entry): Entry {
  return { at, userName, door, method, project, object, result, code }
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function lines(values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('')
}
