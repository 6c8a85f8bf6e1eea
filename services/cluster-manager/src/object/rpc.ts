import type { Row } from '@slipway/contracts/object/v1/object'
import type { ObjectServiceServer, WatchLogResponse } from '@slipway/contracts/object/v1/object_service'
import { followLog, listKinds, listTable, type Reader, readObject, watchTable } from '@slipway/kube'
import type { Call, Handlers } from '@slipway/rpc'
import { readAs } from '../cluster/api-server.ts'
import { type ReachDeps, reach } from '../cluster/nodes.ts'

const PAGE = 500
const TAIL = 1_000
const FIRST_VERSION = 'v1'

/** What ObjectService answers: all of it asked of the cluster's API server, as the person that asks. */
export function objectHandlers(deps: ReachDeps): Handlers<ObjectServiceServer> {
  const open = async ({ project, id }: { project: string; id: string }, { principal, signal }: Call) =>
    readAs({ ...(await reach(deps.db, project, id)), key: deps.key, person: principal, signal })
  const once = async <T>(
    request: { project: string; id: string },
    call: Call,
    work: (reader: Reader) => Promise<T>,
  ) => {
    const reader = await open(request, call)
    return work(reader).finally(reader.close)
  }
  return {
    listKinds: (request, call) => once(request, call, async (reader) => ({ kinds: await listKinds(reader) })),
    listObjects: (request, call) =>
      once(request, call, async (reader) => {
        const page = { limit: request.pageSize || PAGE, after: request.pageToken }
        const { columns, rows, next, resourceVersion } = await listTable(reader, versioned(request), page)
        return { columns, rows: rows satisfies Row[], nextPageToken: next, resourceVersion }
      }),
    getObject: (request, call) => once(request, call, (reader) => readObject(reader, versioned(request))),
    watchObjects: async function* (request, call) {
      const reader = await open(request, call)
      try {
        for await (const change of watchTable(reader, versioned(request), request.cursor)) {
          const { resourceVersion: cursor, row, gone } = change
          if (row) yield { cursor, event: { $case: 'row', value: row } }
          else if (gone) yield { cursor, event: { $case: 'gone', value: gone } }
          else yield { cursor, event: undefined }
        }
      } finally {
        reader.close()
      }
    },
    watchLog: async function* (request, call) {
      const { namespace, name: pod, container, previous, tailLines, cursor: after } = request
      const reader = await open(request, call)
      const wish = { namespace, pod, container, previous, tailLines: tailLines || TAIL, after }
      try {
        for await (const { at, text } of followLog(reader, wish))
          yield { cursor: at, event: { $case: 'line', value: text } } satisfies WatchLogResponse
      } finally {
        reader.close()
      }
    },
  }
}

function versioned<T extends { apiVersion: string }>(request: T): T {
  return { ...request, apiVersion: request.apiVersion || FIRST_VERSION }
}
