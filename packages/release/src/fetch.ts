import { mkdir } from 'node:fs/promises'
import { invalid } from '@slipway/errors'
import { releaseFile, sweepScratch, writeWhole } from './cache.ts'
import type { SourceChoice } from './component.ts'
import { upstreamEnvironment } from './environment.ts'
import { type Arch, type Platform, platformsOf, type ReleaseManifest } from './manifest.ts'
import { fetchPackages } from './packages.ts'
import { trackPhase, type Work } from './progress.ts'
import { openRecord } from './record.ts'
import { type ArchFiles, resolveArch, type Supply } from './resolve.ts'
import { type ResolvedPlatform, type ResolvedRelease, readResolved } from './resolved.ts'
import { together } from './together.ts'
import { openUpstream } from './upstream.ts'

/** What to fetch and how. `env` says how upstreams are reached: proxies, CAs, mirrors (see environment.ts). */
export type FetchRequest = Work & {
  manifest: ReleaseManifest
  /** e.g. `debian-12-amd64` */
  platforms: readonly string[]
  cacheDir: string
  env: Readonly<Record<string, string | undefined>>
  source?: SourceChoice
}

type Debs = ReadonlyMap<string, ResolvedPlatform['packages']['debs']>

/**
 * Gets every artifact of a release into the cache, verified, and says by digest what each platform gets.
 * What is there already is used again, so a run that was cut carries on at the component it had reached.
 */
export async function fetchRelease(request: FetchRequest): Promise<ResolvedRelease> {
  const { manifest, cacheDir, report, source: choice = 'auto' } = request
  const platforms = choosePlatforms(manifest, request.platforms)
  const env = upstreamEnvironment(request.env)
  await mkdir(cacheDir, { recursive: true })
  await sweepScratch(cacheDir)
  const record = openRecord(cacheDir)
  const upstream = await openUpstream(env, request.signal)
  const supply = { manifest, cacheDir, choice, env, upstream, record, report }
  try {
    // packages come over the network while the processor builds
    const [debs, archs] = await together(request.signal, [
      (signal) => fetchDebs(platforms, { ...supply, signal }),
      (signal) => resolveArchs(platforms, { ...supply, signal }),
    ])
    return await keep(assemble(manifest, platforms, debs, archs), cacheDir)
  } finally {
    upstream.close()
  }
}

function choosePlatforms(manifest: ReleaseManifest, names: readonly string[]): Platform[] {
  const known = platformsOf(manifest)
  const unknown = names.filter((name) => !known.some((platform) => platform.name === name))
  if (unknown.length === 0) return known.filter(({ name }) => names.includes(name))
  throw invalid(
    unknown.map((name) => ({
      field: `platforms.${name}`,
      message: `Kubernetes ${manifest.kubernetes} has no artifacts for it`,
      hint: `Choose among ${known.map((platform) => platform.name).join(', ')}.`,
    })),
  )
}

async function fetchDebs(platforms: readonly Platform[], supply: Supply): Promise<Debs> {
  const track = trackPhase('packages', platforms.length, supply.report)
  const debs = new Map<string, ResolvedPlatform['packages']['debs']>()
  for (const platform of platforms) {
    const fetched = await track(platform.name, () => fetchPackages(platform, supply))
    debs.set(
      platform.name,
      fetched.map(({ file, sha256, bytes }) => ({ file, sha256, bytes })),
    )
  }
  return debs
}

async function resolveArchs(platforms: readonly Platform[], supply: Supply): Promise<Map<Arch, ArchFiles>> {
  const archs = new Map<Arch, ArchFiles>()
  for (const arch of new Set(platforms.map((platform) => platform.arch))) {
    archs.set(arch, await resolveArch(arch, supply))
  }
  return archs
}

function assemble(
  { kubernetes, components }: ReleaseManifest,
  platforms: readonly Platform[],
  debs: Debs,
  archs: ReadonlyMap<Arch, ArchFiles>,
): ResolvedRelease {
  const resolved = platforms.map(({ name, os, arch, packages }) => {
    const { files, images } = archs.get(arch) ?? { files: [], images: [] }
    const own = { repository: os, names: [...packages], debs: debs.get(name) ?? [] }
    return [name, { files, images, packages: own }] as const
  })
  return {
    schema: 1,
    kubernetes,
    components: Object.fromEntries(components.map(({ name, version }) => [name, version])),
    platforms: Object.fromEntries(resolved),
  }
}

/** Writes it down, beside the platforms that earlier runs resolved. */
async function keep(resolved: ResolvedRelease, cacheDir: string): Promise<ResolvedRelease> {
  const before = await readResolved(cacheDir, resolved.kubernetes).catch(() => undefined)
  const all = { ...resolved, platforms: { ...before?.platforms, ...resolved.platforms } }
  await writeWhole(releaseFile(cacheDir, resolved.kubernetes), `${JSON.stringify(all, null, 1)}\n`)
  return resolved
}
