import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  Outlet,
  redirect,
  rootRouteId,
} from '@tanstack/react-router'
import { fromAddress } from './address.ts'
import { clusterSearch, newClusterSearch } from './cluster/search.ts'
import { meQuery } from './me/me.ts'
import { objectsSearch } from './object/search.ts'
import { readOperationSearch } from './operation/search.ts'
import { auditSearch } from './pages/audit/search.ts'
import { hostsSearch } from './pages/projects/$project/hosts/search.ts'
import { usersSearch } from './pages/users/search.ts'
import { keepProject, lastProject } from './project/here.ts'
import { projectQuery, projectsQuery } from './project/queries.ts'
import { Failed } from './shell/failed.tsx'
import { Loading } from './shell/loading.tsx'
import { NotThere, NowhereYet } from './shell/not-there.tsx'

type Context = { queries: QueryClient }

const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: NowhereYet,
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: fromAddress(({ to }): { to?: string } => (isOwnPath(to) ? { to } : {})),
  component: lazyRouteComponent(() => import('./pages/sign-in.tsx')),
})

const firstStart = createRoute({
  getParentRoute: () => root,
  path: '/first-start',
  component: lazyRouteComponent(() => import('./pages/first-start.tsx')),
})

/** Pages of those who are signed in; others come to the sign-in, and from there back to the address they asked for. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: lazyRouteComponent(() => import('./shell/shell.tsx'), 'Shell'),
  beforeLoad: async ({ context, location, matches }) => {
    const me = await context.queries.ensureQueryData(meQuery)
    if (me) return
    if (matches.at(-1)?.fullPath === '/$') throw notFound({ routeId: rootRouteId })
    throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { to: location.href } })
  },
})

/** Every address that no page has. */
const nowhere = createRoute({ getParentRoute: () => shell, path: '/$', component: NotThere })

/** Goes to the project that was looked at last, else to the first one; without any, says so. */
const start = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/start.tsx')),
  loader: async ({ context: { queries } }) => {
    const last = lastProject()
    const known = last && (await queries.ensureQueryData(projectQuery(last)).catch(() => undefined))
    if (!known) keepProject(undefined)
    const first = known || (await queries.ensureInfiniteQueryData(projectsQuery)).pages[0]?.projects[0]
    if (first) throw redirect({ to: '/projects/$project', params: { project: first.id }, replace: true })
  },
})

const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  component: lazyRouteComponent(() => import('./pages/account.tsx')),
})

const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/settings.tsx')),
})

const projects = createRoute({
  getParentRoute: () => shell,
  path: '/projects',
  validateSearch: fromAddress(({ add }): { add?: true } => (add === true ? { add } : {})),
  component: lazyRouteComponent(() => import('./pages/projects.tsx')),
})

const versions = createRoute({
  getParentRoute: () => shell,
  path: '/versions',
  component: lazyRouteComponent(() => import('./pages/versions.tsx')),
})

const users = createRoute({
  getParentRoute: () => shell,
  path: '/users',
  validateSearch: fromAddress(usersSearch),
  component: lazyRouteComponent(() => import('./pages/users.tsx')),
})

const install = createRoute({
  getParentRoute: () => shell,
  path: '/install',
  component: lazyRouteComponent(() => import('./pages/install.tsx')),
})

const audit = createRoute({
  getParentRoute: () => shell,
  path: '/audit',
  validateSearch: fromAddress(auditSearch),
  component: lazyRouteComponent(() => import('./pages/audit.tsx')),
})

const project = createRoute({
  getParentRoute: () => shell,
  path: '/projects/$project',
  loader: async ({ context: { queries }, params }) => {
    await queries.ensureQueryData(projectQuery(params.project))
    keepProject(params.project)
  },
})

const home = createRoute({
  getParentRoute: () => project,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/projects/$project/home.tsx')),
})

const clusters = createRoute({
  getParentRoute: () => project,
  path: '/clusters',
  validateSearch: fromAddress(
    ({ search, state, before }): { search?: string; state?: string; before?: string[] } => ({
      ...(typeof search === 'string' && search ? { search } : {}),
      ...(typeof state === 'string' && state ? { state } : {}),
      ...(Array.isArray(before) && before.length > 0 ? { before: before.map(String) } : {}),
    }),
  ),
  component: lazyRouteComponent(() => import('./pages/projects/$project/clusters.tsx')),
})

const hosts = createRoute({
  getParentRoute: () => project,
  path: '/hosts',
  validateSearch: fromAddress(hostsSearch),
  component: lazyRouteComponent(() => import('./pages/projects/$project/hosts.tsx')),
})

const credentials = createRoute({
  getParentRoute: () => project,
  path: '/credentials',
  validateSearch: fromAddress(({ add }): { add?: true } => (add === true ? { add } : {})),
  component: lazyRouteComponent(() => import('./pages/projects/$project/credentials.tsx')),
})

const members = createRoute({
  getParentRoute: () => project,
  path: '/members',
  component: lazyRouteComponent(() => import('./pages/projects/$project/members.tsx')),
})

const newCluster = createRoute({
  getParentRoute: () => project,
  path: '/clusters/new',
  validateSearch: fromAddress(newClusterSearch),
  component: lazyRouteComponent(() => import('./pages/projects/$project/clusters/new.tsx')),
})

const cluster = createRoute({
  getParentRoute: () => project,
  path: '/clusters/$cluster',
  validateSearch: fromAddress(clusterSearch),
  component: lazyRouteComponent(() => import('./pages/projects/$project/clusters/$cluster.tsx')),
})

const objects = createRoute({
  getParentRoute: () => project,
  path: '/clusters/$cluster/objects',
  validateSearch: fromAddress(objectsSearch),
  component: lazyRouteComponent(() => import('./pages/projects/$project/clusters/$cluster/objects.tsx')),
})

const operations = createRoute({
  getParentRoute: () => project,
  path: '/operations',
  validateSearch: fromAddress(
    ({ state, cluster, before }): { state?: string; cluster?: string; before?: string[] } => ({
      ...(typeof state === 'string' && state ? { state } : {}),
      ...(typeof cluster === 'string' && cluster ? { cluster } : {}),
      ...(Array.isArray(before) && before.length > 0 ? { before: before.map(String) } : {}),
    }),
  ),
  component: lazyRouteComponent(() => import('./pages/projects/$project/operations.tsx')),
})

const operation = createRoute({
  getParentRoute: () => project,
  path: '/operations/$operation',
  validateSearch: fromAddress(readOperationSearch),
  component: lazyRouteComponent(() => import('./pages/projects/$project/operations/$operation.tsx')),
})

const tree = root.addChildren([
  signIn,
  firstStart,
  shell.addChildren([
    start,
    account,
    settings,
    projects,
    versions,
    users,
    audit,
    install,
    project.addChildren([
      home,
      clusters,
      newCluster,
      cluster,
      objects,
      operations,
      operation,
      hosts,
      credentials,
      members,
    ]),
    nowhere,
  ]),
])

/** The console's addresses. Each page is loaded when it is gone to. */
export function createRoutes(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultPendingComponent: Loading,
    defaultErrorComponent: Failed,
    defaultNotFoundComponent: NotThere,
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createRoutes>
  }
}

/** Only addresses of ours are come back to: `//elsewhere` is another host. */
function isOwnPath(to: unknown): to is string {
  return typeof to === 'string' && /^\/(?![/\\])/.test(to)
}
