import { keepPreviousData, queryOptions, useQueryClient } from '@tanstack/react-query'
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

/** One host with all that it says about itself, its routes too; asked for again while it is looked at. */
export function hostQuery(project: string, id: string) {
  return queryOptions({
    queryKey: ['project', project, 'host', id],
    queryFn: () =>
      told(api.GET('/api/v1/projects/{project}/hosts/{id}', { params: { path: { project, id } } })),
    refetchInterval: LIVE_MS,
  })
}

/** Has every list of a project's hosts, and those that are open, read anew: something was changed. */
export function useHostsChanged(project: string): () => Promise<void> {
  const queries = useQueryClient()
  return async () => {
    await Promise.all(
      ['hosts', 'host'].map((noun) => queries.invalidateQueries({ queryKey: ['project', project, noun] })),
    )
  }
}
