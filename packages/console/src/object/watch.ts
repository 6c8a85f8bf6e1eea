import { type InfiniteData, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { followStream, type StreamEvent } from '../output/follow.ts'
import { type Change, type Table, withChange } from './change.ts'
import { objectsQuery, type Place, type Wanted } from './queries.ts'

/** Changes are drawn together: a deployment that rolls moves many rows at once. */
const DRAW_MS = 200

/** Keeps a table that was read true while it is looked at; reads it anew when the API server has forgotten what came since. */
export function useWatchedObjects(
  { project, cluster }: Place,
  wanted: Wanted,
  cursor: string | undefined,
): void {
  const queries = useQueryClient()
  const { resource, apiVersion, namespace, fieldSelector } = wanted
  useEffect(() => {
    if (!cursor) return
    const { queryKey } = objectsQuery(
      { project, cluster },
      { resource, apiVersion, namespace, fieldSelector },
    )
    const ends = new AbortController()
    let changes: Change[] = []
    const draw = () => {
      const told = changes
      changes = []
      if (told.length === 0) return
      queries.setQueryData(queryKey, (known: InfiniteData<Table, unknown> | undefined) =>
        known ? { ...known, pages: told.reduce(withChange, known.pages) } : known,
      )
    }
    const timer = setInterval(draw, DRAW_MS)
    const query = new URLSearchParams({
      ...{ apiVersion, cursor },
      ...(namespace ? { namespace } : {}),
      ...(fieldSelector ? { fieldSelector } : {}),
    })
    const base = `/api/v1/projects/${encodeURIComponent(project)}/clusters/${encodeURIComponent(cluster)}`
    void followStream(`${base}/watched-objects/${encodeURIComponent(resource)}?${query}`, {
      after: '',
      onEvents: (events) => changes.push(...events.flatMap(changeOf)),
      hasEnded: () => false,
      signal: ends.signal,
    }).then((refusal) => {
      if (refusal?.code === 'Conflict') void queries.resetQueries({ queryKey })
    })
    return () => {
      clearInterval(timer)
      ends.abort()
    }
  }, [queries, project, cluster, resource, apiVersion, namespace, fieldSelector, cursor])
}

function changeOf({ name, data }: StreamEvent): Change[] {
  if (name === 'row') return [{ row: JSON.parse(data) }]
  return name === 'gone' ? [{ gone: JSON.parse(data) }] : []
}
