import { join } from 'node:path'
import { invalid } from '@slipway/errors'
import { writeWhole } from './cache.ts'
import { readJson } from './digest.ts'

/** The memory of every digest ever seen: `<cache>/recorded.json`, from `component/version/platform/source/file` to SHA-256. */
export type DigestRecord = {
  /** Records a digest at first sight; a different one later is Invalid. */
  check: (key: string, sha256: string) => Promise<void>
}

/** Opens the record of a cache folder. Entries are added one after the other. */
export function openRecord(cacheDir: string): DigestRecord {
  const file = join(cacheDir, 'recorded.json')
  let last: Promise<void> = Promise.resolve()
  const check = async (key: string, sha256: string) => {
    const known = (await readJson<Record<string, string>>(file)) ?? {}
    if (known[key] === sha256) return
    if (known[key] !== undefined) throw mismatch(key, known[key], sha256, file)
    const entries = Object.entries({ ...known, [key]: sha256 }).sort(([a], [b]) => (a < b ? -1 : 1))
    await writeWhole(file, `${JSON.stringify(Object.fromEntries(entries), null, 1)}\n`)
  }
  return {
    check: (key, sha256) => {
      const next = last.then(() => check(key, sha256))
      last = next.catch(() => undefined)
      return next
    },
  }
}

/** A thing is not what it was. Nothing of it is used. */
function mismatch(key: string, recorded: string, found: string, file: string) {
  return invalid([
    {
      field: key,
      message: `has SHA-256 ${found}, but ${recorded} was recorded`,
      hint: `Find out why it changed. If the new one is right, remove the line "${key}" from ${file} and fetch again.`,
    },
  ])
}
