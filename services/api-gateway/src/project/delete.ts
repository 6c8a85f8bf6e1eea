import { notFound, type Problem, precondition } from '@slipway/errors'
import type { ProjectStore } from './store.ts'

/** What other services know of a project: whether it owns any of these. */
export type Owned = (project: string) => Promise<{ hosts: boolean; clusters: boolean }>

/** Deletes a project that owns nothing any more. */
export async function deleteProject(
  store: ProjectStore,
  owned: Owned,
  { id, now }: { id: string; now: Date },
): Promise<void> {
  const { hosts, clusters } = await owned(id)
  const problems: Problem[] = [
    ...(clusters
      ? [{ field: 'clusters', message: 'the project has clusters', hint: 'Delete its clusters first.' }]
      : []),
    ...(hosts ? [{ field: 'hosts', message: 'the project has hosts', hint: 'Delete its hosts first.' }] : []),
  ]
  if (problems.length > 0) throw precondition(problems)
  if (!(await store.delete(id, now))) throw notFound('project', id)
}
