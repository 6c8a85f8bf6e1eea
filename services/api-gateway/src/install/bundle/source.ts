import type { ClusterServiceServer } from '@slipway/contracts/cluster/v1/cluster_service'
import type { HostServiceServer } from '@slipway/contracts/host/v1/host_service'
import { Health } from '@slipway/contracts/install/v1/install'
import type { SelfServiceServer } from '@slipway/contracts/install/v1/install_service'
import { Operation } from '@slipway/contracts/operation/v1/operation'
import type { OperationServiceServer } from '@slipway/contracts/operation/v1/operation_service'
import type { CallOptions, Client } from '@slipway/rpc'
import type { AuditStore } from '../../audit/store.ts'
import { messageToJson } from '../../pipeline/wire.ts'
import type { ProjectStore } from '../../project/store.ts'
import type { BundleSource } from './gather.ts'
import { OWN_LOG, readLogTail } from './log.ts'

/** Who knows what goes into a support bundle. */
export type BundleParts = {
  projects: Pick<ProjectStore, 'list'>
  audit: Pick<AuditStore, 'list'>
  operations: Client<OperationServiceServer>
  hosts: Client<HostServiceServer>
  clusters: Client<ClusterServiceServer>
  selves: readonly { name: string; client: Pick<Client<SelfServiceServer>, 'lookAtSelf'> }[]
  own: { name: string; settings: Record<string, string> }
  health: (forward: CallOptions) => Promise<Health>
  now: () => Date
}

/** So many rows are asked for at once. */
const PAGE = 200
/** The newest operations of each project. */
const OPERATIONS = 50
const AUDIT_ENTRIES = 2_000
const EVERY = { search: '', state: '' }

/** Reads them on an administrator's behalf. */
export function bundleSource(parts: BundleParts, forward: CallOptions): BundleSource {
  const { projects, audit, operations, selves, own, now } = parts
  return {
    health: async () => {
      const bytes = Health.encode(await parts.health(forward)).finish()
      return messageToJson('slipway.install.v1.Health', bytes)
    },
    settings: async () => {
      const others = selves.map(
        async ({ name, client }): Promise<[string, Record<string, string>]> => [
          name,
          (await client.lookAtSelf({}, forward)).settings,
        ],
      )
      return { [own.name]: own.settings, ...Object.fromEntries(await Promise.all(others)) }
    },
    projects: async function* () {
      let page = await projects.list(undefined, '', '', PAGE)
      while (page.length > 0) {
        for (const { project } of page) yield project
        page = await projects.list(undefined, '', page.at(-1)?.project.id ?? '', PAGE)
      }
    },
    operations: async (project) => {
      const wanted = { project, pageSize: OPERATIONS, pageToken: '', cluster: '', state: '' }
      const found = await operations.listOperations(wanted, forward)
      return found.operations.map((one) =>
        messageToJson('slipway.operation.v1.Operation', Operation.encode(one).finish()),
      )
    },
    states: (project, noun) => statesOf(parts, { project, noun }, forward),
    audit: async function* () {
      const all = { project: '', userId: '', object: '', result: '', since: undefined }
      let before = ''
      for (let told = 0; told < AUDIT_ENTRIES; told += PAGE) {
        const page = await audit.list(all, before, PAGE)
        yield* page
        before = page.at(-1)?.id ?? ''
        if (page.length < PAGE) return
      }
    },
    log: () => readLogTail(OWN_LOG),
    now,
  }
}

async function* statesOf(
  { hosts, clusters }: BundleParts,
  { project, noun }: { project: string; noun: 'hosts' | 'clusters' },
  forward: CallOptions,
): AsyncGenerator<string> {
  let pageToken = ''
  do {
    const asked = { ...EVERY, project, pageSize: PAGE, pageToken }
    const page =
      noun === 'hosts'
        ? await hosts.listHosts({ ...asked, tag: '', cluster: '', orderBy: '' }, forward)
        : await clusters.listClusters({ ...asked, view: '' }, forward)
    for (const { state } of 'hosts' in page ? page.hosts : page.clusters) yield state
    pageToken = page.nextPageToken
  } while (pageToken)
}
