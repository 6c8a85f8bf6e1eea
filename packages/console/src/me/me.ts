import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, type Message, type Operation, told } from '../api/client.ts'
import { Problem } from '../problem/problem.ts'
import { projectQuery } from '../project/queries.ts'
import { hasSignedIn, keepSignedIn } from './signed-in.ts'

/** Who is signed in, and what that person may do. */
export type Me = Message<'identity.v1.WhoAmIResponse'>

/** Who is signed in; null for nobody. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async (): Promise<Me | null> => {
    if (!hasSignedIn()) return null
    try {
      return await told(api.GET('/api/v1/me'))
    } catch (thrown) {
      if (Problem.of(thrown).code !== 'Unauthenticated') throw thrown
      keepSignedIn(false)
      return null
    }
  },
  staleTime: 60_000,
})

/** Who is signed in, on pages that nobody else sees. */
export function useMe(): Me {
  const { data } = useQuery(meQuery)
  if (!data) throw new Error('this page is for people who are signed in')
  return data
}

/**
 * Whether the person may make a call, in a project or outside of all. The API says so and refuses it too: pages hide
 * what would be refused, and hold no rule of their own.
 */
export function useMay(project?: string): (operation: Operation) => boolean {
  const { data: me } = useQuery(meQuery)
  const { data: known } = useQuery({ ...projectQuery(project ?? ''), enabled: project !== undefined })
  if (project === undefined) return (operation) => me?.may.includes(operation) ?? false
  const rights = me?.roles.find(({ role }) => role === known?.role)?.may ?? []
  return (operation) => rights.includes(operation)
}
