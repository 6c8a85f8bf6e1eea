import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { invalid, type Problem, SlipwayError } from '@slipway/errors'
import { parseDocument } from 'yaml'
import { platformsOf, ReleaseManifest } from './manifest.ts'
import { shapeProblems } from './shape.ts'

/** Reads every `*.yaml` of a folder, oldest Kubernetes first; the problems of all files are thrown together. */
export async function readReleases(dir: string): Promise<ReleaseManifest[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.yaml')).sort()
  const problems: Problem[] = []
  const releases: ReleaseManifest[] = []
  for (const name of names) {
    const text = await readFile(join(dir, name), 'utf8')
    try {
      releases.push(parseRelease(text, name))
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error
      problems.push(...error.problems)
    }
  }
  if (problems.length > 0) throw invalid(problems)
  return releases.sort((a, b) => a.kubernetes.localeCompare(b.kubernetes, 'en', { numeric: true }))
}

/** Reads one release manifest from YAML; throws Invalid with all problems at once. */
export function parseRelease(text: string, name = 'release.yaml'): ReleaseManifest {
  const document = parseDocument(text)
  if (document.errors.length > 0) {
    throw invalid(document.errors.map(({ message }) => ({ field: name, message, hint: 'Correct the YAML.' })))
  }
  const value: unknown = document.toJS()
  const shape = shapeProblems(ReleaseManifest, value, name)
  if (shape.length > 0) throw invalid(shape)
  const manifest = value as ReleaseManifest
  const sense = [...senseProblems(manifest)].map((problem) => ({
    ...problem,
    field: `${name}.${problem.field}`,
  }))
  if (sense.length > 0) throw invalid(sense)
  return manifest
}

/** What a schema cannot say: names that must be unique, and references that must lead somewhere. */
function* senseProblems(manifest: ReleaseManifest): Generator<Problem> {
  yield* repeated(
    'components',
    manifest.components.map(({ name }) => name),
  )
  yield* repeated(
    'images',
    manifest.images.map(({ repository, tag }) => `${repository}:${tag}`),
  )
  const files = new Set(
    manifest.components.flatMap(({ name, files }) => files.map((file) => `${name}/${file.name}`)),
  )
  for (const { repository, assemble } of manifest.images) {
    const field = `images.${repository}.assemble`
    for (const file of Object.keys(assemble.files)) {
      if (!files.has(file))
        yield { field, message: `no component gives ${file}`, hint: 'Name <component>/<file>.' }
    }
    if (assemble.base !== undefined && !manifest.bases[assemble.base]) {
      yield { field: `${field}.base`, message: `there is no base ${assemble.base}`, hint: 'Add it to bases.' }
    }
  }
  for (const [name, base] of Object.entries(manifest.bases)) {
    if (!manifest.operatingSystems[base.os]) {
      yield {
        field: `bases.${name}.os`,
        message: `${base.os} is not known`,
        hint: 'Add it to operatingSystems.',
      }
    }
  }
  const kubernetes = manifest.components.find(({ name }) => name === 'kubernetes')
  if (kubernetes?.version !== manifest.kubernetes) {
    yield {
      field: 'components.kubernetes',
      message: `must be there at version ${manifest.kubernetes}`,
      hint: 'Give the component kubernetes the version that the manifest is for.',
    }
  }
  if (platformsOf(manifest).length === 0) {
    yield { field: 'operatingSystems', message: 'is empty', hint: 'Name an operating system.' }
  }
}

function* repeated(field: string, names: readonly string[]): Generator<Problem> {
  for (const name of new Set(names.filter((name, at) => names.indexOf(name) !== at))) {
    yield { field: `${field}.${name}`, message: 'stands there twice', hint: 'Keep one of them.' }
  }
}
