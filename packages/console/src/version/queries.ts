import { queryOptions } from '@tanstack/react-query'
import { api, told } from '../api/client.ts'

/** The catalogue of Kubernetes versions. */
export const versionsQuery = queryOptions({
  queryKey: ['versions'],
  queryFn: () => told(api.GET('/api/v1/versions', { params: { query: { pageSize: 500 } } })),
  staleTime: 60_000,
})
