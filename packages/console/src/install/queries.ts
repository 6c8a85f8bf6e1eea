import { queryOptions } from '@tanstack/react-query'
import { api, type Message, told } from '../api/client.ts'

/** How the install itself is. */
export type Health = Message<'install.v1.Health'>

/** Looking at an install asks every service, and each looks at what it rests on: not with every breath. */
const LOOK_MS = 5_000

/** How the install is, for administrators; kept true while somebody looks. */
export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: () => told(api.GET('/api/v1/health')),
  refetchInterval: LOOK_MS,
})
