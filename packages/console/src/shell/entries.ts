import type { Operation } from '../api/client.ts'
import type { words } from './words.ts'

/** A page that stands in the navigation and in the palette. */
export type Entry = {
  title: keyof (typeof words)['texts']['en']
  /** Below the project, where it belongs to one. */
  to:
    | '/projects/$project'
    | '/projects/$project/clusters'
    | '/projects/$project/hosts'
    | '/projects/$project/operations'
    | '/projects/$project/credentials'
    | '/projects/$project/members'
    | '/projects'
    | '/versions'
    | '/users'
    | '/audit'
    | '/install'
    | '/account'
    | '/settings'
  /** Shown to those who may make this call. */
  needs?: Operation
}

/** The pages of a project, in the order in which they are needed. Add a line for a page that exists. */
export const projectEntries: readonly Entry[] = [
  { title: 'home', to: '/projects/$project' },
  { title: 'clusters', to: '/projects/$project/clusters', needs: 'ClusterService_ListClusters' },
  { title: 'operations', to: '/projects/$project/operations', needs: 'OperationService_ListOperations' },
  { title: 'hosts', to: '/projects/$project/hosts', needs: 'HostService_ListHosts' },
  { title: 'credentials', to: '/projects/$project/credentials', needs: 'CredentialService_ListCredentials' },
  { title: 'members', to: '/projects/$project/members', needs: 'ProjectService_ListMembers' },
]

/** The pages that belong to no project. */
export const installEntries: readonly Entry[] = [
  { title: 'projects', to: '/projects', needs: 'ProjectService_ListProjects' },
  { title: 'versions', to: '/versions', needs: 'VersionService_ListVersions' },
  { title: 'users', to: '/users', needs: 'IdentityService_ListUsers' },
  { title: 'audit', to: '/audit', needs: 'AuditService_ListAuditEntries' },
  { title: 'install', to: '/install', needs: 'InstallService_GetHealth' },
  { title: 'account', to: '/account' },
  { title: 'settings', to: '/settings' },
]
