import { bug, precondition } from '@slipway/errors'
import type { ResolvedPlatform, ResolvedRelease } from '@slipway/release'
import type { Cluster, NodeRow, Sealed } from '../cluster/cluster.ts'
import { platformOf } from '../cluster/observed.ts'
import { readClusterWhole } from '../cluster/read.ts'
import type { NodeSpec } from '../cluster/spec.ts'
import type { Credential } from '../credential/credential.ts'
import { readCredentials } from '../credential/read.ts'
import type { Host } from '../host/host.ts'
import { readHosts } from '../host/read.ts'
import type { Operation } from '../operation/operation.ts'
import { type Profile, profileOf } from '../profile/profile.ts'
import type { Site } from './site.ts'

/** A node with all that is known of it. */
export type Place = {
  node: NodeSpec
  row: NodeRow
  host: Host
  credential: Credential
  jump: Credential | undefined
  profile: Profile
  /** What it gets of the release. */
  part: ResolvedPlatform
}

/** As much of it as a playbook needs: of a node that is only thought of, there is no more. */
export type Visit = Omit<Place, 'row'>

/** Everything a step needs to know of its cluster, read anew from rows: nothing is kept from an earlier step. */
export type Blueprint = {
  cluster: Cluster
  sealed: Sealed
  release: ResolvedRelease
  /** The nodes that the operation is about; the others are not even read. */
  places: Place[]
  controlPlane: Place
  /** The workers among `places`. */
  workers: Place[]
  /** Earlier operations of the cluster, all ended: they lose their locks on hosts. */
  superseded: string[]
}

/** Reads what an operation is about. */
export async function readBlueprint(
  site: Pick<Site, 'db' | 'profiles'>,
  operation: Operation,
): Promise<Blueprint> {
  const { db, profiles } = site
  const { wishes } = operation
  const { cluster, sealed, nodes, release, operations } = await readClusterWhole(db, operation)
  const isTarget = ({ name }: NodeSpec) => wishes.nodes.length === 0 || wishes.nodes.includes(name)
  const wanted = cluster.spec.nodes.filter((node) => node.role === 'control-plane' || isTarget(node))
  const hosts = await readHosts(
    db,
    cluster.project,
    wanted.map(({ host }) => host),
  )
  const credentials = await readCredentials(
    db,
    cluster.project,
    hosts.map(({ credential }) => credential),
  )
  const known = wanted.map((node): Place => {
    const host = hosts.find(({ id }) => id === node.host)
    const row = nodes.find(({ name }) => name === node.name)
    const credential = host && credentials.get(host.credential)
    if (!host || !row || !credential) throw bug(`node ${node.name} of cluster ${cluster.id} lost its host`)
    const jump = credentials.get(credential.jumpCredential ?? '')
    return {
      node,
      row,
      host,
      credential,
      jump,
      profile: profileOf(profiles, host),
      part: partOf(release, host),
    }
  })
  const controlPlane = known.find(({ node }) => node.role === 'control-plane')
  if (!controlPlane) throw bug(`cluster ${cluster.id} has no control plane`)
  const places = known.filter(({ node }) => isTarget(node))
  const workers = places.filter((place) => place !== controlPlane)
  const superseded = operations.filter((id) => id !== operation.id)
  return { cluster, sealed, release, places, controlPlane, workers, superseded }
}

function partOf(release: ResolvedRelease, host: Host): ResolvedPlatform {
  const part = release.platforms[platformOf(host)]
  if (part) return part
  throw precondition([
    {
      field: `host ${host.name}`,
      message: `is ${platformOf(host)}, for which Kubernetes ${release.kubernetes} has no artifacts`,
      hint: `This release serves: ${Object.keys(release.platforms).join(', ')}.`,
    },
  ])
}
