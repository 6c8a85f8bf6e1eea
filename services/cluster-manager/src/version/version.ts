import { platformsOf, type ReleaseManifest, type ResolvedRelease } from '@slipway/release'

/** A Kubernetes version of the catalogue with what belongs to it. */
export type Version = {
  /** 1.36.3 */
  name: string
  /** Whether it is offered for new clusters. */
  enabled: boolean
  /** Whether repo-proxy has every artifact of it. */
  available: boolean
  components: Record<string, string>
  /** debian-12-amd64. */
  platforms: string[]
}

/** A version for who wants to build a cluster with it: resolved, or the reason against and the way out. */
export type VersionReading =
  | { usable: true; version: Version; manifest: ReleaseManifest; release: ResolvedRelease }
  | { usable: false; version: Version | undefined; message: string; hint: string }

/** What a manifest says about its version. */
export function versionOf(
  manifest: ReleaseManifest,
  { enabled, available }: { enabled: boolean; available: boolean },
): Version {
  return {
    name: manifest.kubernetes,
    enabled,
    available,
    components: Object.fromEntries(manifest.components.map(({ name, version }) => [name, version])),
    platforms: platformsOf(manifest).map(({ name }) => name),
  }
}
