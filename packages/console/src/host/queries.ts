import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, type Message, type QueryOf, told } from '../api/client.ts'
import { LIVE_MS } from '../api/query-client.ts'

export type Host = Message<'host.v1.Host'>

/** What of a project's hosts is asked for. */
export type HostsAsked = QueryOf<'HostService_ListHosts'>

/** A page of a project's hosts, asked for again while it is looked at. */
export function hostsQuery(project: string, asked: HostsAsked = {}) {
  return queryOptions({
    queryKey: ['project', project, 'hosts', asked],
    queryFn: () =>
      told(api.GET('/api/v1/projects/{project}/hosts', { params: { path: { project }, query: asked } })),
    refetchInterval: LIVE_MS,
    placeholderData: keepPreviousData,
  })
}

/** One host with all that it says about itself, its routes too. */
export function hostQuery(project: string, id: string) {
  return queryOptions({
    queryKey: ['project', project, 'host', id],
    queryFn: () =>
      told(api.GET('/api/v1/projects/{project}/hosts/{id}', { params: { path: { project, id } } })),
    staleTime: 30_000,
  })
}
