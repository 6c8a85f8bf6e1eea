import { queryOptions } from '@tanstack/react-query'
import { api, told } from '../api/client.ts'

/** The people of this install, for administrators. */
export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: () => told(api.GET('/api/v1/users', { params: { query: { pageSize: 500 } } })),
  staleTime: 30_000,
})
