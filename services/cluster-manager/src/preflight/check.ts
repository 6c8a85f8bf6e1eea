import { invalid, type Problem } from '@slipway/errors'
import type { ResolvedPlatform } from '@slipway/release'
import { cgroupDriverOf, platformOf } from '../cluster/observed.ts'
import { type ClusterSpec, completeSpec, type SpecDraft } from '../cluster/spec.ts'
import type { Host } from '../host/host.ts'
import { readHosts, readHostsByName } from '../host/read.ts'
import { type Profiles, profileOf } from '../profile/profile.ts'
import { readVersion, type VersionDeps } from '../version/read.ts'
import { storedNames } from '../version/repository.ts'
import { type AskDeps, askHosts } from './ask.ts'
import type { Finding } from './finding.ts'
import { bareParts, readVisits } from './visits.ts'

/** What checking hosts needs. */
export type CheckDeps = AskDeps & VersionDeps & { profiles: Profiles }

/** Which hosts are to be checked, and what for. */
export type CheckWish = {
  project: string
  ids: readonly string[]
  names: readonly string[]
  role: string
  draft: SpecDraft | undefined
  signal: AbortSignal | undefined
}

/** A report: every host with the node that it was thought of as, and everything that was found. */
export type Report = {
  hosts: { host: Pick<Host, 'id' | 'name'>; role: string }[]
  findings: Finding[]
  checkedAt: Date
}

/** Checks hosts as nodes of a cluster that does not exist yet. */
export async function checkHosts(deps: CheckDeps, wish: CheckWish): Promise<Report> {
  const { project, signal } = wish
  const draft = await draftOf(deps, wish)
  const hosts = await readHosts(deps.db, project, [...new Set(draft.nodes.map(({ host }) => host))])
  const spec = specOf(deps.profiles, draft, hosts)
  const visits = await readVisits(deps, {
    ...{ project, nodes: spec.nodes, hosts },
    partOf: await partsOf(deps, spec.kubernetesVersion),
  })
  const cluster = { id: '', name: 'thought', spec }
  const found = await askHosts(deps, {
    ...{ project, cluster, visits, living: undefined, afterwards: 'check again', signal },
  })
  const nameOf = new Map(visits.map(({ node, host }) => [node.name, host.name]))
  const findings = found.map((finding) => ({ ...finding, host: nameOf.get(finding.host) ?? finding.host }))
  return {
    hosts: visits.map(({ host, node }) => ({ host, role: node.role })),
    findings: findings.toSorted((one, other) => one.severity.localeCompare(other.severity)),
    checkedAt: deps.now(),
  }
}

/** What hosts get of a version: what is stored of it, or as much as its manifest knows. */
async function partsOf(deps: CheckDeps, name: string): Promise<(host: Host) => ResolvedPlatform> {
  const version = await readVersion(deps, name)
  const manifest = (await deps.releases()).find(({ kubernetes }) => kubernetes === name)
  if (!version.usable && !manifest) {
    const { message, hint } = version
    throw invalid([{ field: 'spec.kubernetesVersion', message, hint }])
  }
  const bare = bareParts(manifest)
  const stored = version.usable ? version.release.platforms : {}
  return (host) => stored[platformOf(host)] ?? bare(host)
}

function specOf(profiles: Profiles, draft: SpecDraft, hosts: readonly Host[]): ClusterSpec {
  const known = hosts.map(
    (host) =>
      [host.id, { name: host.name, cgroupDriver: cgroupDriverOf(profileOf(profiles, host)) }] as const,
  )
  return completeSpec(draft, new Map(known))
}

/** The spec that was sent, or that of a cluster as usual: of the newest version that is stored, or else of the newest. */
async function draftOf(deps: CheckDeps, { project, ids, names, role, draft }: CheckWish): Promise<SpecDraft> {
  if (draft) {
    if (ids.length + names.length === 0) return draft
    throw invalid([
      { field: 'spec', message: 'names its hosts itself', hint: 'Leave ids and names out, or the spec.' },
    ])
  }
  const named = await readHostsByName(deps.db, project, names)
  const unknown = names.filter((name) => !named.some((host) => host.name === name))
  const hint = 'Take names and ids from the list of hosts of this project.'
  if (unknown.length > 0) {
    throw invalid(
      unknown.map((name): Problem => ({ field: 'names', message: `there is no host ${name}`, hint })),
    )
  }
  const wanted = [...new Set([...ids, ...named.map(({ id }) => id)])]
  if (wanted.length === 0) {
    throw invalid([{ field: 'names', message: 'no host is named', hint: 'Give names or ids, or a spec.' }])
  }
  const node = { name: '', role: role || 'worker', labels: {}, taints: [] }
  return {
    kubernetesVersion: await newestVersion(deps),
    nodes: wanted.map((host) => ({ ...node, host })),
    controlPlaneSchedulable: false,
  }
}

async function newestVersion({ releases, repo }: CheckDeps): Promise<string> {
  const [manifests, stored] = await Promise.all([releases(), storedNames(repo)])
  const known = manifests.map(({ kubernetes }) => kubernetes)
  return known.findLast((name) => stored.has(name)) ?? known.at(-1) ?? ''
}
