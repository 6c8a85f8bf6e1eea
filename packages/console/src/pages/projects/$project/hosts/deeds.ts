import pLimit from 'p-limit'
import { api, told } from '../../../../api/client.ts'
import type { Host } from '../../../../host/queries.ts'
import { Problem } from '../../../../problem/problem.ts'

/** What came of one host. */
export type Outcome = 'done' | Problem

/** Tags that come and go; the others stay. */
export type TagChange = { add: readonly string[]; remove: readonly string[] }

/** So many calls at once: a browser keeps six for one address, and some should be left for the page. */
const AT_ONCE = 4

/** Does something to each of several hosts, and tells as it goes what came of each. One that fails stops no other. */
export async function forEachHost(
  hosts: readonly Host[],
  deed: (host: Host) => Promise<unknown>,
  onOutcome: (id: string, outcome: Outcome) => void,
): Promise<void> {
  const limit = pLimit(AT_ONCE)
  await limit.map(hosts, async (host) => {
    const outcome = await deed(host).then(
      () => 'done' as const,
      (thrown: unknown) => Problem.of(thrown),
    )
    onOutcome(host.id, outcome)
  })
}

/** Has a host's facts read again. */
export function refreshHost(project: string, id: string) {
  return told(
    api.POST('/api/v1/projects/{project}/hosts/{id}/refresh', { params: { path: { project, id } } }),
  )
}

/** Has Slipway forget a host. */
export function deleteHost(project: string, id: string) {
  return told(api.DELETE('/api/v1/projects/{project}/hosts/{id}', { params: { path: { project, id } } }))
}

/** Changes some tags of a host as it is now; refused when somebody changes the host in that moment. */
export async function retagHost(project: string, id: string, { add, remove }: TagChange) {
  const params = { path: { project, id } }
  const { tags, version } = await told(api.GET('/api/v1/projects/{project}/hosts/{id}', { params }))
  const values = [...new Set([...tags.filter((tag) => !remove.includes(tag)), ...add])]
  const body = { tags: { values }, version }
  return told(api.PATCH('/api/v1/projects/{project}/hosts/{id}', { params, body }))
}
