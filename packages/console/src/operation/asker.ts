import { useQuery } from '@tanstack/react-query'
import { api, told } from '../api/client.ts'
import { useMe } from '../me/me.ts'

const MOST = 500

/** The name of a person by id, as far as the asker may know it: the asker's own, or a member's; else the id. */
export function usePersonOf(project: string): (user: string) => string {
  const { user: me } = useMe()
  const { data } = useQuery({
    queryKey: ['project', project, 'members', 'names'],
    queryFn: () =>
      told(
        api.GET('/api/v1/projects/{project}/members', {
          params: { path: { project }, query: { pageSize: MOST } },
        }),
      ),
    staleTime: 60_000,
  })
  return (user) => {
    if (user === me?.id) return me.name
    return data?.members.find((member) => member.user === user)?.userName ?? user
  }
}
