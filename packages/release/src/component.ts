import { join } from 'node:path'
import { invalid, SlipwayError } from '@slipway/errors'
import { buildComponent, buildToolchain } from './build.ts'
import { artifactFile, artifactPath, commitDir, withScratch, writeWhole } from './cache.ts'
import { type Digest, digestFile, readJson, sha256 } from './digest.ts'
import { canDownload, downloadComponent } from './download.ts'
import type { Go } from './go.ts'
import { type Arch, type Component, type DownloadSource, fill, type GoSource } from './manifest.ts'
import type { DigestRecord } from './record.ts'
import type { Upstream } from './upstream.ts'

/** Which kinds of sources may be used: the official site where it answers and else a build, or only one of them. */
export type SourceChoice = 'auto' | 'official' | 'build'

/** A component whose files lie in the cache, each with its digest. */
export type Fetched = { component: Component; source: string; files: Record<string, Digest> }

export type Supply = {
  cacheDir: string
  choice: SourceChoice
  upstream: Upstream
  record: DigestRecord
  /** Found when first asked for: a release that is downloaded needs no Go. */
  go: () => Promise<Go>
  signal: AbortSignal
}

/** The note beside a component's files. `recipe` is the digest of what they were made from. */
type Note = { source: string; recipe: string; files: Record<string, Digest> }

type Facts = Record<string, string>

/** A component's files: those in the cache when they are whole and of this recipe, else downloaded or built. */
export async function fetchComponent(component: Component, facts: Facts, arch: Arch, supply: Supply) {
  const dir = artifactFile(supply.cacheDir, artifactPath(component, arch))
  const note = await readJson<Note>(join(dir, '.slipway.json'))
  if (note && isWanted(note, component, facts, supply.choice)) {
    await verify(dir, note, component, arch, supply)
    return { value: { component, source: note.source, files: note.files }, note: `cached, ${note.source}` }
  }
  const fresh = await makeFresh(component, facts, arch, supply, dir)
  return { value: { component, source: fresh.source, files: fresh.files }, note: fresh.source }
}

function isWanted(note: Note, component: Component, facts: Facts, choice: SourceChoice): boolean {
  return allowed(component, choice).some((source) => recipeOf(component, source, facts) === note.recipe)
}

function allowed({ sources }: Component, choice: SourceChoice) {
  if (choice === 'auto') return sources
  return sources.filter(({ kind }) => kind === (choice === 'build' ? 'go' : 'download'))
}

/** What the files are made from. Only facts that the source mentions count: releases share most components. */
function recipeOf({ files }: Component, source: DownloadSource | GoSource, facts: Facts): string {
  return sha256(
    fill(JSON.stringify([facts.version, facts.arch, files.map(({ name }) => name), source]), facts),
  )
}

/** Everything in the cache is hashed before it is used again: half a second for a whole release. */
async function verify(dir: string, note: Note, component: Component, arch: Arch, { record }: Supply) {
  for (const [name, known] of Object.entries(note.files)) {
    const found = await digestFile(join(dir, name)).catch(() => undefined)
    const key = recordKey(component, arch, note.source, name)
    if (found?.sha256 !== known.sha256) {
      throw invalid([
        {
          field: key,
          message: `${join(dir, name)} has SHA-256 ${found?.sha256 ?? '(it is gone)'}, but ${known.sha256} was recorded`,
          hint: `Somebody changed the cache. Remove ${dir} and fetch again.`,
        },
      ])
    }
    await record.check(key, known.sha256)
  }
}

async function makeFresh(
  component: Component,
  facts: Facts,
  arch: Arch,
  supply: Supply,
  dir: string,
): Promise<Note> {
  const refusals: string[] = []
  for (const source of allowed(component, supply.choice)) {
    const wanted = { component, facts, source }
    try {
      if (source.kind === 'download') {
        if (supply.choice === 'auto' && !(await canDownload({ ...wanted, source }, supply.upstream))) continue
        return await take(wanted, arch, supply, dir, 'official', (into) =>
          downloadComponent({ ...wanted, source }, supply.upstream, into),
        )
      }
      const go = await supply.go()
      return await take(wanted, arch, supply, dir, await buildToolchain(source, go), (into, workDir) =>
        buildComponent({ ...wanted, source }, { go, workDir, into, signal: supply.signal }),
      )
    } catch (error) {
      // a site that breaks off is passed over; a wrong digest is not
      if (supply.signal.aborted || !(error instanceof SlipwayError) || error.code !== 'Unavailable')
        throw error
      if (source.kind === 'go') throw error
      refusals.push(error.message)
    }
  }
  throw invalid([
    {
      field: `${component.name} ${component.version}`,
      message: `has no source that can be used${refusals.map((each) => `; ${each}`).join('')}`,
      hint: 'Open the way to its download site, or allow building it from Go modules.',
    },
  ])
}

/** Makes the files in a scratch folder, checks them against the record, and only then puts them in place. */
async function take(
  { component, facts, source }: { component: Component; facts: Facts; source: DownloadSource | GoSource },
  arch: Arch,
  { cacheDir, record }: Supply,
  dir: string,
  label: string,
  make: (into: string, workDir: string) => Promise<void>,
): Promise<Note> {
  return withScratch(cacheDir, async (scratch) => {
    const into = join(scratch, 'files')
    const workDir = join(scratch, 'module')
    await make(into, workDir)
    const files: Record<string, Digest> = {}
    for (const { name } of component.files) {
      const digest = await digestFile(join(into, name))
      await record.check(recordKey(component, arch, label, name), digest.sha256)
      files[name] = digest
    }
    const note = { source: label, recipe: recipeOf(component, source, facts), files }
    await writeWhole(join(into, '.slipway.json'), JSON.stringify(note, null, 1))
    await commitDir(into, dir)
    return note
  })
}

function recordKey({ name, version }: Component, arch: Arch, source: string, file: string): string {
  return `${name}/${version}/linux-${arch}/${source}/${file}`
}
