import type { Host } from '../host/host.ts'
import type { Profile } from '../profile/profile.ts'
import type { VersionReading } from '../version/version.ts'

/** A host with the settings of its profile. */
export type ObservedHost = Host & { settings: Profile }

/** Everything outside of a spec that a plan rests on. */
export type Observed = {
  /** The hosts that the spec names and the project has, by id. */
  hosts: ReadonlyMap<string, ObservedHost>
  version: VersionReading
}

/** The platform in a release that a host is of: debian-12-amd64. */
export function platformOf(host: Pick<Host, 'facts'>): string {
  return host.facts ? `${host.facts.platform}-${host.facts.architecture}` : ''
}

/** The cgroup driver that a profile asks for. */
export function cgroupDriverOf(settings: Profile): string | undefined {
  return typeof settings.cgroup_driver === 'string' ? settings.cgroup_driver : undefined
}

/** Whether a profile lets Kubernetes 1.35 and newer run on cgroup v1. */
export function allowsCgroupV1(settings: Profile): boolean {
  return settings.allow_cgroup_v1 === true
}
