import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, type Message, type QueryOf, told } from '../api/client.ts'
import { LIVE_MS } from '../api/query-client.ts'

export type Cluster = Message<'cluster.v1.Cluster'>

/** What of a project's clusters is asked for. */
export type ClustersAsked = QueryOf<'ClusterService_ListClusters'>

/** A page of a project's clusters, asked for again while it is looked at. */
export function clustersQuery(project: string, asked: ClustersAsked = {}) {
  return queryOptions({
    queryKey: ['project', project, 'clusters', asked],
    queryFn: () =>
      told(api.GET('/api/v1/projects/{project}/clusters', { params: { path: { project }, query: asked } })),
    refetchInterval: LIVE_MS,
    placeholderData: keepPreviousData,
  })
}
