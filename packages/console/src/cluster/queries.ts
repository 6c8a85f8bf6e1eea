import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, type Message, type QueryOf, told } from '../api/client.ts'
import { LIVE_MS } from '../api/query-client.ts'

export type Cluster = Message<'cluster.v1.Cluster'>
export type ClusterSpec = Message<'cluster.v1.ClusterSpec'>
export type NodeSpec = Message<'cluster.v1.NodeSpec'>
export type Node = Message<'cluster.v1.Node'>
export type Taint = Message<'cluster.v1.Taint'>
/** What a change of a cluster answers: its plan, and when it began the operation. */
export type ClusterChange = Message<'cluster.v1.ClusterChange'>

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

/** One cluster, asked for again while it is looked at. */
export function clusterQuery(project: string, id: string) {
  return queryOptions({
    queryKey: ['project', project, 'cluster', id],
    queryFn: () =>
      told(api.GET('/api/v1/projects/{project}/clusters/{id}', { params: { path: { project, id } } })),
    refetchInterval: LIVE_MS,
  })
}

export type SpecVersion = Message<'cluster.v1.SpecVersion'>

/** A page of what a cluster was to be, the newest first, asked for again while it is looked at. */
export function specVersionsQuery(
  project: string,
  id: string,
  asked: QueryOf<'ClusterService_ListSpecVersions'>,
) {
  return queryOptions({
    queryKey: ['project', project, 'cluster', id, 'spec-versions', asked],
    queryFn: () =>
      told(
        api.GET('/api/v1/projects/{project}/clusters/{id}/spec-versions', {
          params: { path: { project, id }, query: asked },
        }),
      ),
    refetchInterval: LIVE_MS,
    placeholderData: keepPreviousData,
  })
}

/** One version with its spec; it never changes. */
export function specVersionQuery(project: string, id: string, number: number) {
  return queryOptions({
    queryKey: ['project', project, 'cluster', id, 'spec-version', number],
    queryFn: () =>
      told(
        api.GET('/api/v1/projects/{project}/clusters/{id}/spec-versions/{number}', {
          params: { path: { project, id, number } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

export type Happening = Message<'cluster.v1.Happening'>

/** A page of what happened to a cluster, the newest first, asked for again while it is looked at. */
export function happeningsQuery(
  project: string,
  id: string,
  asked: QueryOf<'ClusterService_ListHappenings'>,
) {
  return queryOptions({
    queryKey: ['project', project, 'cluster', id, 'happenings', asked],
    queryFn: () =>
      told(
        api.GET('/api/v1/projects/{project}/clusters/{id}/happenings', {
          params: { path: { project, id }, query: asked },
        }),
      ),
    refetchInterval: LIVE_MS,
    placeholderData: keepPreviousData,
  })
}

/** Kubeconfigs of a cluster that are good still, asked for again while they are looked at; an hour holds few. */
export function kubeconfigsQuery(project: string, id: string) {
  return queryOptions({
    queryKey: ['project', project, 'cluster', id, 'kubeconfigs'],
    queryFn: () =>
      told(
        api.GET('/api/v1/projects/{project}/clusters/{id}/kubeconfigs', {
          params: { path: { project, id }, query: { pageSize: 100 } },
        }),
      ),
    refetchInterval: LIVE_MS,
  })
}

const NODES_AT_ONCE = 500

/** A cluster's nodes as its API server tells them now: all of them, page after page. */
export function nodesQuery(project: string, id: string) {
  return queryOptions({
    queryKey: ['project', project, 'cluster', id, 'nodes'],
    queryFn: async (): Promise<Node[]> => {
      const all: Node[] = []
      for (let pageToken: string | undefined; ; ) {
        const query = { pageSize: NODES_AT_ONCE, pageToken }
        const { nodes, nextPageToken } = await told(
          api.GET('/api/v1/projects/{project}/clusters/{id}/nodes', {
            params: { path: { project, id }, query },
          }),
        )
        all.push(...nodes)
        if (!nextPageToken) return all
        pageToken = nextPageToken
      }
    },
    refetchInterval: LIVE_MS,
    retry: false,
  })
}
