import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { notFound } from '@slipway/errors'
import {
  artifactFile,
  fetchRelease,
  fetchTool,
  type Progress,
  pushRelease,
  type ResolvedRelease,
  readReleases,
} from '@slipway/release'
import { type Connection, callApi } from '../api/client.ts'
import { type Settings, upstreamSettings } from '../config.ts'

/** The hosts that the demo and the stories make. */
export const PLATFORM = 'debian-12-amd64'

type Say = (line: string) => void

/** Fills the cache with the release and with the NATS server that the all-in-one embeds. */
export async function fetchArtifacts(
  settings: Settings,
  signal: AbortSignal,
  say: Say,
): Promise<ResolvedRelease> {
  const manifest = (await readReleases(settings.SLIPWAY_RELEASES)).find(
    ({ kubernetes }) => kubernetes === settings.SLIPWAY_DEMO_KUBERNETES,
  )
  if (!manifest) throw notFound('release manifest', settings.SLIPWAY_DEMO_KUBERNETES)
  const work = { cacheDir: settings.SLIPWAY_CACHE, env: upstreamSettings(), signal, report: sayProgress(say) }
  await fetchTool({ ...work, file: join(settings.SLIPWAY_RELEASES, 'tools/nats-server.yaml') })
  return fetchRelease({ ...work, manifest, platforms: [PLATFORM] })
}

/** Uploads the release, unless repo-proxy has it whole. */
export async function pushOnce(
  to: Connection,
  baseUrl: string,
  resolved: ResolvedRelease,
  cacheDir: string,
  signal: AbortSignal,
  say: Say,
): Promise<void> {
  const { versions = [] } = await callApi(to, 'slipway.version.v1.VersionService/ListVersions')
  if (
    (versions as { name: string; available?: boolean }[]).some(
      ({ name, available }) => name === resolved.kubernetes && available,
    )
  )
    return
  const { token } = await callApi(to, 'slipway.repo.v1.RepoService/CreatePushToken', { expiresInMinutes: 30 })
  await pushRelease({
    resolved,
    cacheDir,
    repo: { baseUrl, ca: to.ca, token },
    signal,
    report: sayProgress(say),
  })
}

function sayProgress(say: Say) {
  return ({ item, state, note, done, total, elapsedMs }: Progress) => {
    const seconds = `${(elapsedMs / 1000).toFixed(1)} s`
    if (state === 'started') return
    if (note === 'cached' || note === 'there') return
    say(`${done}/${total} ${item}: ${seconds}${note ? `, ${note}` : ''}`)
  }
}

/** Path of the release's kubectl in the cache. */
export function kubectlOf(release: ResolvedRelease, cacheDir: string): string {
  const file = release.platforms[PLATFORM]?.files.find(({ path }) => path.endsWith('/kubectl'))
  const program = file && artifactFile(cacheDir, file.url)
  if (!program || !existsSync(program)) throw notFound('program', 'kubectl')
  return program
}

/** The image that a cluster is proved with. */
export function proofImage(release: ResolvedRelease): string {
  const image = release.platforms[PLATFORM]?.images.find(({ role }) => role === 'proof')
  if (!image) throw notFound('image with role', 'proof')
  return `${image.repository}:${image.tag}`
}
