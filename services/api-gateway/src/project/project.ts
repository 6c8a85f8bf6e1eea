/** A project owns hosts, credentials and clusters; people are members of it. */
export type Project = { id: string; name: string; description: string; version: number; createdAt: Date }

/** What a person may do in a project. */
export type Member = { user: string; userName: string; role: 'operator' | 'viewer' }

/** What happened to a project: the fact, the project as it is now, and the member that it is about. */
export type ProjectFact = {
  fact: 'created' | 'updated' | 'deleted' | 'member-set' | 'member-removed'
  project: Project
  member?: Member
}
