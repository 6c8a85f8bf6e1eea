import { queryOptions } from '@tanstack/react-query'
import { api, told } from '../api/client.ts'

/** The members of a project with the role of each. */
export function membersQuery(project: string) {
  return queryOptions({
    queryKey: ['project', project, 'members'],
    queryFn: () =>
      told(
        api.GET('/api/v1/projects/{project}/members', {
          params: { path: { project }, query: { pageSize: 500 } },
        }),
      ),
  })
}
