import { join } from 'node:path'
import { invalid } from '@slipway/errors'
import { start } from '@slipway/process'
import { artifactFile, artifactPath } from './cache.ts'
import type { Arch, ReleaseManifest } from './manifest.ts'

/** Asks the release's own kubeadm which images it will want, and refuses a manifest that lacks one of them. */
export async function requireKubeadmAgrees(
  manifest: ReleaseManifest,
  arch: Arch,
  cacheDir: string,
  signal: AbortSignal,
): Promise<void> {
  const path = artifactPath({ name: 'kubernetes', version: manifest.kubernetes }, arch)
  const kubeadm = join(artifactFile(cacheDir, path), 'kubeadm')
  const asked = [kubeadm, 'config', 'images', 'list', '--kubernetes-version', `v${manifest.kubernetes}`]
  const { exitCode, stdout } = await start(asked, { signal }).ended
  // a kubeadm for another processor does not run here
  if (exitCode !== 0) return
  const named = new Set(manifest.images.map(({ repository, tag }) => `${repository}:${tag}`))
  const missing = stdout
    .trim()
    .split('\n')
    .filter((image) => !named.has(image))
  if (missing.length === 0) return
  throw invalid(
    missing.map((image) => ({
      field: `${manifest.kubernetes}.yaml.images`,
      message: `kubeadm ${manifest.kubernetes} wants ${image}, which the manifest does not name`,
      hint: 'Add it, with the component version that its tag says.',
    })),
  )
}
