import { SlipwayError } from '@slipway/errors'
import { type Place, pathOf } from './place.ts'
import type { Reader } from './reader.ts'

/** A column as the API server describes it. */
export type Column = { name: string; type: string; priority: number; description: string }

/** An object in a table: a cell for each column. */
export type Row = {
  uid: string
  namespace: string
  name: string
  cells: string[]
  createdAt: Date | undefined
}

/** Which objects. */
export type Wanted = Place & { labelSelector: string; fieldSelector: string }

/** What changed after a list, and where to go on. */
export type Change = { resourceVersion: string; row: Row | undefined; gone: string | undefined }

type Served = {
  metadata?: { resourceVersion?: string; continue?: string }
  columnDefinitions?: Column[]
  rows?: {
    cells: unknown[]
    object?: {
      metadata?: Partial<
        Record<'uid' | 'namespace' | 'name' | 'creationTimestamp' | 'resourceVersion', string>
      >
    }
  }[]
}

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io'
const GONE = 410

/** A page of objects as `kubectl get` shows them: the API server knows columns of every kind, of custom ones too. */
export async function listTable(
  reader: Reader,
  wanted: Wanted,
  page: { limit: number; after: string },
): Promise<{ columns: Column[]; rows: Row[]; next: string; resourceVersion: string }> {
  const query = {
    ...selectorsOf(wanted),
    limit: String(page.limit),
    ...(page.after ? { continue: page.after } : {}),
  }
  const what = `listing ${wanted.resource}`
  const served = (await reader.json(what, { path: pathOf(wanted), query, accept: TABLE })) as Served
  const { continue: next = '', resourceVersion = '' } = served.metadata ?? {}
  return { columns: served.columnDefinitions ?? [], rows: rowsOf(served), next, resourceVersion }
}

/** What changes after a resource version. Throws Conflict when the API server knows no more what came after it. */
export async function* watchTable(
  reader: Reader,
  wanted: Wanted,
  resourceVersion: string,
): AsyncGenerator<Change> {
  let last = resourceVersion
  // The API server ends every watch after a while.
  for (;;) {
    const query = {
      ...selectorsOf(wanted),
      ...{ watch: 'true', allowWatchBookmarks: 'true', resourceVersion: last },
    }
    const what = `watching ${wanted.resource}`
    for await (const line of reader.lines(what, { path: pathOf(wanted), query, accept: TABLE })) {
      const { type, object } = JSON.parse(line) as {
        type: string
        object: Served & { code?: number; message?: string }
      }
      if (type === 'ERROR') throw ended(object)
      for (const change of changesOf(type, object)) {
        last = change.resourceVersion || last
        yield { ...change, resourceVersion: last }
      }
    }
  }
}

function changesOf(type: string, object: Served): Change[] {
  const version = (at: number) => object.rows?.[at]?.object?.metadata?.resourceVersion ?? ''
  if (type === 'BOOKMARK') {
    const resourceVersion = version(0) || (object.metadata?.resourceVersion ?? '')
    return [{ resourceVersion, row: undefined, gone: undefined }]
  }
  return rowsOf(object).map((row, at) => {
    const isGone = type === 'DELETED'
    return {
      resourceVersion: version(at),
      row: isGone ? undefined : row,
      gone: isGone ? row.uid : undefined,
    }
  })
}

function rowsOf({ rows = [] }: Served): Row[] {
  return rows.map(({ cells, object }) => {
    const { uid = '', namespace = '', name = '', creationTimestamp } = object?.metadata ?? {}
    const createdAt = creationTimestamp ? new Date(creationTimestamp) : undefined
    return { uid, namespace, name, cells: cells.map(textOf), createdAt }
  })
}

function textOf(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell)
}

function selectorsOf({ labelSelector, fieldSelector }: Wanted): Record<string, string> {
  return { ...(labelSelector && { labelSelector }), ...(fieldSelector && { fieldSelector }) }
}

function ended({ code, message = 'the watch ended' }: { code?: number; message?: string }): SlipwayError {
  const problem = { field: 'cursor', message, hint: 'List the objects again, and watch from there.' }
  return new SlipwayError(code === GONE ? 'Conflict' : 'Unavailable', message, [problem])
}
