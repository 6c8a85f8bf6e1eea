import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { invalid } from '@slipway/errors'
import pLimit from 'p-limit'
import { artifactFile, debsDir, imageDir } from './cache.ts'
import { sha256 } from './digest.ts'
import { blobFile, readLayout } from './layout.ts'
import { trackPhase, type Work } from './progress.ts'
import { openRepo, type Repo, type RepoAddress } from './repo.ts'
import type { ResolvedPlatform, ResolvedRelease } from './resolved.ts'

export type PushRequest = Work & { resolved: ResolvedRelease; cacheDir: string; repo: RepoAddress }

/** How many uploads go at once. */
const PARALLEL = 4

/** Uploads what a repo-proxy lacks of a release; at last the resolved release itself, so that it is seen only whole. */
export async function pushRelease({
  resolved,
  cacheDir,
  repo: address,
  signal,
  report,
}: PushRequest): Promise<void> {
  const repo = openRepo(address, signal)
  const uploads = uploadsOf(resolved, cacheDir, repo)
  const track = trackPhase('push', uploads.size + 1, report)
  const limit = pLimit(PARALLEL)
  try {
    await Promise.all([...uploads].map(([item, upload]) => limit(() => track(item, upload))))
    const text = JSON.stringify(resolved)
    await track(`releases/${resolved.kubernetes}.json`, async () => {
      await repo.put(`/raw/releases/${resolved.kubernetes}.json`, Buffer.from(text), sha256(text))
      return { value: undefined, note: 'sent' }
    })
  } finally {
    limit.clearQueue()
    repo.close()
  }
}

type Upload = () => Promise<{ value: undefined; note: string }>

/** Platforms share most of what they have: each thing is sent once. */
function uploadsOf({ platforms }: ResolvedRelease, cacheDir: string, repo: Repo): Map<string, Upload> {
  const uploads = new Map<string, Upload>()
  for (const [name, platform] of Object.entries(platforms)) {
    const arch = name.slice(name.lastIndexOf('-') + 1)
    for (const { url, sha256, bytes } of platform.files) {
      const file = { path: artifactFile(cacheDir, url), sha256, bytes }
      uploads.set(url, () => sendFile(repo, `/raw/${url}`, file))
    }
    for (const image of platform.images) {
      const dir = imageDir(cacheDir, image, arch)
      uploads.set(`${image.repository}:${image.tag}`, () => sendImage(repo, image, dir))
    }
    for (const { file, sha256, bytes } of platform.packages.debs) {
      const url = `/apt/${platform.packages.repository}/${encodeURIComponent(file)}`
      const deb = { path: join(debsDir(cacheDir, name), file), sha256, bytes }
      uploads.set(`${platform.packages.repository}/${file}`, () => sendFile(repo, url, deb))
    }
  }
  return uploads
}

async function sendFile(repo: Repo, url: string, file: { path: string; sha256: string; bytes: number }) {
  if ((await repo.digestOf(url)) === file.sha256) return { value: undefined, note: 'there' }
  await repo.put(url, createReadStream(file.path), file.sha256, file.bytes)
  return { value: undefined, note: 'sent' }
}

async function sendImage(repo: Repo, image: ResolvedPlatform['images'][number], dir: string) {
  const { repository, tag, digest } = image
  const base = `/v2/${repository}`
  if ((await repo.digestOf(`${base}/manifests/${tag}`)) === digest.replace('sha256:', '')) {
    return { value: undefined, note: 'there' }
  }
  const layout = await readLayout(dir)
  if (layout?.descriptor.digest !== digest) {
    throw invalid([
      {
        field: `${repository}:${tag}`,
        message: `the cache holds ${layout?.descriptor.digest ?? 'nothing'}, but the release says ${digest}`,
        hint: 'Fetch the release again, then push it.',
      },
    ])
  }
  for (const blob of [layout.manifest.config, ...layout.manifest.layers]) {
    if (await repo.has(`${base}/blobs/${blob.digest}`)) continue
    await repo.putBlob(base, blob, createReadStream(blobFile(dir, blob.digest)))
  }
  const { mediaType, size } = layout.descriptor
  await repo.put(
    `${base}/manifests/${tag}`,
    createReadStream(blobFile(dir, digest)),
    undefined,
    size,
    mediaType,
  )
  return { value: undefined, note: 'sent' }
}
