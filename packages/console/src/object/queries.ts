import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, told } from '../api/client.ts'
import { grouped } from './kinds.ts'

/** A cluster of a project. */
export type Place = { project: string; cluster: string }

/** Which objects are looked at. */
export type Wanted = { apiVersion: string; resource: string; namespace: string; fieldSelector?: string }

const PAGE = 200

/** All kinds that a cluster's API server serves, as they are offered. */
export function kindsQuery({ project, cluster }: Place) {
  return queryOptions({
    queryKey: ['project', project, 'cluster', cluster, 'kinds'],
    queryFn: async () => {
      const params = { path: { project, id: cluster } }
      const { kinds } = await told(api.GET('/api/v1/projects/{project}/clusters/{id}/kinds', { params }))
      return grouped(kinds)
    },
    staleTime: 60_000,
    retry: false,
  })
}

/** A table of objects, page after page. */
export function objectsQuery({ project, cluster }: Place, { resource, ...wanted }: Wanted) {
  return infiniteQueryOptions({
    queryKey: ['project', project, 'cluster', cluster, 'objects', resource, wanted],
    queryFn: ({ pageParam: pageToken }) =>
      told(
        api.GET('/api/v1/projects/{project}/clusters/{id}/objects/{resource}', {
          params: {
            path: { project, id: cluster, resource },
            query: { ...wanted, namespace: wanted.namespace || undefined, pageSize: PAGE, pageToken },
          },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextPageToken }) => nextPageToken || undefined,
    // A watch keeps it true while it is looked at; whoever comes back reads it anew.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnMount: 'always',
    retry: false,
  })
}

/** One object as YAML. */
export function objectQuery(
  { project, cluster }: Place,
  { apiVersion, resource, namespace }: Wanted,
  name: string,
) {
  return queryOptions({
    queryKey: ['project', project, 'cluster', cluster, 'object', apiVersion, resource, namespace, name],
    queryFn: () =>
      told(
        api.GET('/api/v1/projects/{project}/clusters/{id}/objects/{resource}/{name}', {
          params: {
            path: { project, id: cluster, resource, name },
            query: { apiVersion, namespace: namespace || undefined },
          },
        }),
      ),
    retry: false,
  })
}
