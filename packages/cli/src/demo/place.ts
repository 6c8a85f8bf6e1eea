import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where everything of the demo lies. */
export type Place = ReturnType<typeof placeIn>

/** The files and folders below the demo's folder. */
export function placeIn(dir: string) {
  return {
    dir,
    /** Slipway's own data, owned by the unprivileged user. */
    data: join(dir, 'data'),
    lab: join(dir, 'lab'),
    profiles: join(dir, 'profiles'),
    programs: join(dir, 'bin'),
    running: join(dir, 'data/running.json'),
    enrolment: join(dir, 'data/first-administrator'),
    log: join(dir, 'slipway.log'),
    record: join(dir, 'demo.json'),
    token: join(dir, 'administrator.token'),
    kubeconfig: join(dir, 'kubeconfig'),
  }
}

/** What the demo has made so far, so that the next run goes on from there. */
export type DemoRecord = {
  /** Process of the all-in-one. */
  pid?: number
  project?: string
  cluster?: string
  /** Tells labs apart: hosts of an earlier lab are not the hosts of this one. */
  lab?: string
}

/** Reads the record; empty before the first run. */
export async function readRecord(place: Place): Promise<DemoRecord> {
  return JSON.parse(await readFile(place.record, 'utf8').catch(() => '{}')) as DemoRecord
}

/** Adds to the record at once, so that an interruption loses nothing. */
export async function record(place: Place, more: DemoRecord): Promise<DemoRecord> {
  const all = { ...(await readRecord(place)), ...more }
  await mkdir(place.dir, { recursive: true, mode: 0o755 })
  await writeFile(`${place.record}.new`, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600 })
  await rename(`${place.record}.new`, place.record)
  return all
}
