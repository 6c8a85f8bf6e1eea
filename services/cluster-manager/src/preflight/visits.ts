import { type Problem, SlipwayError } from '@slipway/errors'
import { platformsOf, type ReleaseManifest, type ResolvedPlatform } from '@slipway/release'
import { platformOf } from '../cluster/observed.ts'
import type { NodeSpec } from '../cluster/spec.ts'
import { readCredentials } from '../credential/read.ts'
import type { Visit } from '../flow/blueprint.ts'
import type { Host } from '../host/host.ts'
import { type Profiles, profileOf } from '../profile/profile.ts'
import type { Database } from '../store.ts'

/** Nodes with their hosts, how to log in there, and what they would get of a release. */
export async function readVisits(
  { db, profiles }: { db: Database; profiles: Profiles },
  of: {
    project: string
    nodes: readonly NodeSpec[]
    hosts: readonly Host[]
    partOf: (host: Host) => ResolvedPlatform
  },
): Promise<Visit[]> {
  const { project, nodes, hosts, partOf } = of
  const credentials = await readCredentials(
    db,
    project,
    hosts.map(({ credential }) => credential),
  )
  const visits = nodes.map((node): Visit | Problem => {
    const host = hosts.find(({ id }) => id === node.host)
    const credential = host && credentials.get(host.credential)
    if (!host || !credential) {
      const hint = 'Take the id of a host from the list of hosts of this project.'
      return { field: 'hosts', message: `this project has no host ${JSON.stringify(node.host)}`, hint }
    }
    const jump = credentials.get(credential.jumpCredential ?? '')
    return { node, host, credential, jump, profile: profileOf(profiles, host), part: partOf(host) }
  })
  const missing = visits.filter((visit) => 'field' in visit)
  if (missing[0]) throw new SlipwayError('NotFound', missing[0].message, missing)
  return visits.filter((visit): visit is Visit => 'node' in visit)
}

/**
 * What a host is checked against where nothing is stored for its platform: the operating system and the packages of the
 * manifest. One of no platform at all is checked against the first, and told that it is not of it.
 */
export function bareParts(manifest: ReleaseManifest | undefined): (host: Host) => ResolvedPlatform {
  const platforms = manifest ? platformsOf(manifest) : []
  return (host) => {
    const { os = '', packages = [] } =
      platforms.find(({ name }) => name === platformOf(host)) ?? platforms[0] ?? {}
    return { files: [], images: [], packages: { repository: os, names: [...packages], debs: [] } }
  }
}
