import type { ProjectServiceServer } from '@slipway/contracts/project/v1/project_service'
import { conflict, notFound } from '@slipway/errors'
import type { CallOptions } from '@slipway/rpc'
import { v7 as uuidv7 } from 'uuid'
import { type Own, theAsker } from '../pipeline/handle.ts'
import { pageFrom, pageOf } from '../pipeline/page.ts'
import { deleteProject, type Owned } from './delete.ts'
import type { ProjectStore } from './store.ts'

/** What has to happen elsewhere when rights in a project end: one person's, or everybody's. */
export type RightsEnded = (of: { project: string; user?: string }, now: Date) => Promise<void>

/** ProjectService: proto method → verb. */
export function projectHandlers(parts: {
  store: ProjectStore
  owned: (forward: CallOptions) => Owned
  rightsEnded: RightsEnded
}): Own<ProjectServiceServer> {
  const { store, owned, rightsEnded } = parts
  return {
    createProject: async ({ name, description }, { now }) => {
      const project = { id: uuidv7(), name, description, version: 1, createdAt: now }
      if (!(await store.create(project, now))) {
        throw conflict('name', `There is a project ${name} already.`, 'Choose another name.')
      }
      return { ...project, role: 'administrator' }
    },
    listProjects: async (request, call) => {
      const { limit, after } = pageOf(request)
      const { user, token } = theAsker(call)
      const member = user.administrator ? undefined : user.id
      const found = await store.list(member, token.project, after, limit + 1)
      const { rows, nextPageToken } = pageFrom(found, limit, ({ project }) => project.id)
      return { projects: rows.map(({ project, role }) => ({ ...project, role })), nextPageToken }
    },
    getProject: async ({ project }, { role = '' }) => {
      const found = await store.find(project)
      if (!found) throw notFound('project', project)
      return { ...found, role }
    },
    updateProject: async ({ project, description, version }, { now, role = '' }) => {
      const changes = description === undefined ? {} : { description }
      const updated = await store.update(project, changes, version, now)
      if (updated === 'missing') throw notFound('project', project)
      if (updated === 'stale') {
        throw conflict(
          'version',
          'The project was changed since it was read.',
          'Read it again, then change it.',
        )
      }
      return { ...updated, role }
    },
    deleteProject: async ({ project }, { now, forward }) => {
      await deleteProject(store, owned(forward), { id: project, now })
      await rightsEnded({ project }, now)
      return {}
    },
    listMembers: async (request) => {
      const { limit, after } = pageOf(request)
      const found = await store.members(request.project, after, limit + 1)
      const { rows, nextPageToken } = pageFrom(found, limit, ({ user }) => user)
      return { members: rows, nextPageToken }
    },
    setMember: async ({ project, user, role }, { now, was }) => {
      const set = await store.setMember(project, user, role === 'operator' ? 'operator' : 'viewer', now)
      if (set === 'missing') throw notFound('project', project)
      if (set === 'no-user') throw notFound('user', user)
      if (set.before) was(set.before)
      return set.after
    },
    removeMember: async ({ project, user }, { now, was }) => {
      const removed = await store.removeMember(project, user, now)
      if (!removed) throw notFound('member', user)
      was(removed)
      await rightsEnded({ project, user }, now)
      return {}
    },
  }
}
