import { queryOptions } from '@tanstack/react-query'
import { api, told } from '../../api/client.ts'

const MANY = 500

/** The asker's own tokens. */
export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: () => told(api.GET('/api/v1/tokens', { params: { query: { pageSize: MANY } } })),
})
