import { useQuery } from '@tanstack/react-query'
import { api, told } from '../api/client.ts'
import { useMay, useMe } from '../me/me.ts'

const MOST = 500
const STALE_MS = 60_000

/** The name of a person by id, as far as the asker may know it: the asker's own, a member's, for administrators anybody's; else the id. */
export function usePersonOf(project: string): (user: string) => string {
  const { user: me } = useMe()
  const may = useMay()
  const { data: members } = useQuery({
    queryKey: ['project', project, 'members', 'names'],
    queryFn: () =>
      told(
        api.GET('/api/v1/projects/{project}/members', {
          params: { path: { project }, query: { pageSize: MOST } },
        }),
      ),
    staleTime: STALE_MS,
  })
  const { data: users } = useQuery({
    queryKey: ['users', 'names'],
    queryFn: () => told(api.GET('/api/v1/users', { params: { query: { pageSize: MOST } } })),
    staleTime: STALE_MS,
    enabled: may('IdentityService_ListUsers'),
  })
  return (user) => {
    if (user === me?.id) return me.name
    const member = members?.members.find((one) => one.user === user)
    return member?.userName ?? users?.users.find(({ id }) => id === user)?.name ?? user
  }
}
