import { queryOptions } from '@tanstack/react-query'
import { api, type Message, told } from '../api/client.ts'

export type Credential = Message<'credential.v1.Credential'>

/** The most that the API answers at once; a project has a handful. */
const MOST = 500

/** A project's credentials, without their secrets. */
export function credentialsQuery(project: string) {
  return queryOptions({
    queryKey: ['project', project, 'credentials'],
    queryFn: () =>
      told(
        api.GET('/api/v1/projects/{project}/credentials', {
          params: { path: { project }, query: { pageSize: MOST } },
        }),
      ),
  })
}
