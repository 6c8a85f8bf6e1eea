import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, type Message, type QueryOf, told } from '../api/client.ts'
import { LIVE_MS } from '../api/query-client.ts'

/** Somebody known to this install. */
export type User = Message<'identity.v1.User'>

/** What every answer about people is forgotten by, once one of them was changed. */
export const USERS = ['users'] as const

/** The people of this install, for administrators. */
export const usersQuery = queryOptions({
  queryKey: USERS,
  queryFn: () => told(api.GET('/api/v1/users', { params: { query: { pageSize: 500 } } })),
  staleTime: 30_000,
})

/** A page of them, as it is now. */
export function usersPageQuery(asked: QueryOf<'IdentityService_ListUsers'>) {
  return queryOptions({
    queryKey: [...USERS, asked],
    queryFn: () => told(api.GET('/api/v1/users', { params: { query: asked } })),
    placeholderData: keepPreviousData,
    refetchInterval: LIVE_MS,
  })
}
