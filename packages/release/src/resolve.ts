import { artifactPath } from './cache.ts'
import { type Fetched, fetchComponent, type SourceChoice } from './component.ts'
import type { UpstreamEnvironment } from './environment.ts'
import { findGo, type Go } from './go.ts'
import { fetchImage } from './image.ts'
import { requireKubeadmAgrees } from './kubeadm.ts'
import type { Arch, ReleaseManifest } from './manifest.ts'
import { trackPhase, type Work } from './progress.ts'
import type { DigestRecord } from './record.ts'
import type { ResolvedPlatform } from './resolved.ts'
import type { Upstream } from './upstream.ts'

/** What every part of a fetch works with. */
export type Supply = Work & {
  manifest: ReleaseManifest
  cacheDir: string
  choice: SourceChoice
  env: UpstreamEnvironment
  upstream: Upstream
  record: DigestRecord
}

/** What all platforms of one architecture share. */
export type ArchFiles = Pick<ResolvedPlatform, 'files' | 'images'>

/** Components one after the other (Go uses every core by itself), then the images made of them. */
export async function resolveArch(arch: Arch, supply: Supply): Promise<ArchFiles> {
  const components = await fetchComponents(arch, supply)
  await requireKubeadmAgrees(supply.manifest, arch, supply.cacheDir, supply.signal)
  const images = await fetchImages(arch, supply, components)
  return { files: filesOf(components, arch), images }
}

async function fetchComponents(arch: Arch, supply: Supply): Promise<Map<string, Fetched>> {
  const { manifest, report } = supply
  const track = trackPhase('components', manifest.components.length, report)
  const go = goOnce(arch, supply)
  const components = new Map<string, Fetched>()
  for (const component of manifest.components) {
    const { name, version } = component
    const facts = { version, kubernetes: manifest.kubernetes, arch }
    const fetch = () => fetchComponent(component, facts, arch, { ...supply, go })
    components.set(name, await track(`${name} ${version}`, fetch))
  }
  return components
}

/** A release that is all downloaded needs no Go, so it is looked for only when first asked for. */
function goOnce(arch: Arch, supply: Supply): () => Promise<Go> {
  let found: Promise<Go> | undefined
  const track = trackPhase('toolchain', 1, supply.report)
  const find = async () => {
    const go = await findGo(supply.manifest.toolchain.go, arch, supply)
    return { value: go, note: go.version }
  }
  return () => {
    found ??= track('go', find)
    return found
  }
}

async function fetchImages(arch: Arch, supply: Supply, components: ReadonlyMap<string, Fetched>) {
  const { manifest, report } = supply
  const track = trackPhase('images', manifest.images.length, report)
  const images: ResolvedPlatform['images'] = []
  for (const image of manifest.images) {
    const { repository, tag, role } = image
    const fetch = () => fetchImage(image, arch, { ...supply, components })
    const { digest, bytes } = await track(`${repository}:${tag}`, fetch)
    images.push({ repository, tag, digest, bytes, role })
  }
  return images
}

/** What nodes get as plain files. */
function filesOf(components: ReadonlyMap<string, Fetched>, arch: Arch): ResolvedPlatform['files'] {
  return [...components.values()].flatMap(({ component, files }) =>
    component.files.flatMap(({ name, node }) => {
      const digest = files[name]
      if (node === undefined || !digest) return []
      const url = `${artifactPath(component, arch)}/${name}`
      return [{ component: component.name, path: node, mode: '0755', url, ...digest }]
    }),
  )
}
