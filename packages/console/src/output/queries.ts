import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, told } from '../api/client.ts'
import { lineOf } from './line.ts'

/** Which lines are looked for. */
export type Wanted = { run?: string; step?: string; host?: string; search?: string }

const PAGE = 500

/** Stored lines that are of a host or hold a text, page after page. */
export function foundQuery(project: string, id: string, wanted: Wanted) {
  return infiniteQueryOptions({
    queryKey: ['project', project, 'operation', id, 'output', wanted],
    queryFn: ({ pageParam: pageToken, signal }) =>
      readOutput(project, id, { ...wanted, pageSize: PAGE, pageToken }, signal),
    initialPageParam: '',
    getNextPageParam: ({ nextPageToken }) => nextPageToken || undefined,
    staleTime: 30_000,
  })
}

/** The lines around one: what was said before something went wrong, and after. */
export function aroundQuery(project: string, id: string, { run, line }: { run: string; line: number }) {
  const [before, after] = [5, 6]
  return queryOptions({
    queryKey: ['project', project, 'operation', id, 'around', run, line],
    queryFn: async () => {
      const afterSequence = Math.max(0, line - before - 1)
      const { lines } = await readOutput(project, id, { run, afterSequence, pageSize: before + after })
      // Lines are told live before they are stored: what is not there yet is asked for again.
      if (!lines.some(({ sequence }) => sequence === line)) throw new Error('the line is not stored yet')
      return lines.map(lineOf)
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: 10,
    retryDelay: 1_000,
  })
}

/** A page of an operation's output. */
export function readOutput(
  project: string,
  id: string,
  query: Wanted & { pageSize?: number; pageToken?: string; afterSequence?: number },
  signal?: AbortSignal,
) {
  return told(
    api.GET('/api/v1/projects/{project}/operations/{id}/output', {
      params: { path: { project, id }, query },
      signal,
    }),
  )
}
