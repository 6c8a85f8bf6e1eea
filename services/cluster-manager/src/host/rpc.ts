import type { HostServiceServer } from '@slipway/contracts/host/v1/host_service'
import type { Handlers } from '@slipway/rpc'
import { specFromWire } from '../cluster/wire.ts'
import { type CheckDeps, checkHosts } from '../preflight/check.ts'
import { reportToWire } from '../preflight/wire.ts'
import { acceptHostKey } from './accept-key.ts'
import { type AddDeps, createHost } from './create.ts'
import { importTemplate } from './csv.ts'
import { deleteHost } from './delete.ts'
import { importHosts } from './import.ts'
import { listHosts } from './list.ts'
import { readHost } from './read.ts'
import { refreshHost, updateHost } from './update.ts'
import { hostMessage, hostUpdate, listedHostMessage, listRequest, newHost } from './wire.ts'

/** What HostService answers. Facts are read by the workers of `openGatherings`. */
export function hostHandlers(deps: AddDeps & CheckDeps): Handlers<HostServiceServer> {
  const { db } = deps
  return {
    createHost: async (request) => hostMessage(await createHost(deps, request.project, newHost(request))),
    importHosts: async ({ project, csv }) => {
      const { hosts, problems } = await importHosts(deps, project, csv)
      return { hosts: hosts.map(hostMessage), problems }
    },
    getImportTemplate: async () => ({ csv: importTemplate }),
    listHosts: async (request) => {
      const { rows, nextPageToken } = await listHosts(db, listRequest(request))
      return { hosts: rows.map(listedHostMessage), nextPageToken }
    },
    getHost: async ({ project, id }) => hostMessage(await readHost(db, project, id)),
    updateHost: async (request) => hostMessage(await updateHost(deps, hostUpdate(request))),
    deleteHost: async ({ project, id }) => {
      await deleteHost(deps, project, id)
      return {}
    },
    refreshHost: async ({ project, id }) => hostMessage(await refreshHost(deps, project, id)),
    checkHosts: async ({ project, ids, names, role, spec }, { signal }) =>
      reportToWire(
        await checkHosts(deps, { project, ids, names, role, draft: spec && specFromWire(spec), signal }),
      ),
    acceptHostKey: async (request) => hostMessage(await acceptHostKey(deps, request)),
  }
}
