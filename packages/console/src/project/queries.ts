import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, told } from '../api/client.ts'

/** One project, with the asker's role in it. */
export function projectQuery(project: string) {
  return queryOptions({
    queryKey: ['project', project],
    queryFn: () => told(api.GET('/api/v1/projects/{project}', { params: { path: { project } } })),
    staleTime: 30_000,
  })
}

/** The projects that the asker sees, page after page. */
export const projectsQuery = infiniteQueryOptions({
  queryKey: ['projects'],
  queryFn: ({ pageParam: pageToken }) =>
    told(api.GET('/api/v1/projects', { params: { query: { pageSize: 100, pageToken } } })),
  initialPageParam: '',
  getNextPageParam: ({ nextPageToken }) => nextPageToken || undefined,
  staleTime: 30_000,
})
