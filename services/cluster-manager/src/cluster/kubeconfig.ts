import { pageOf, readPage } from '../page.ts'
import { atApiServer } from './api-server.ts'
import { type GivenKubeconfig, keepKubeconfig, listKubeconfigRows } from './kubeconfig-store.ts'
import { type ReachDeps, reach } from './nodes.ts'
import { inCluster, type Person, thePerson } from './person.ts'
import { readCluster } from './read.ts'

/** Kubernetes signs for no less. */
const LEAST_MINUTES = 10
const MOST_MINUTES = 60

/**
 * A kubeconfig of the asking person's own: by CSR, an hour at most, with the rights of the role. Whose it is and until when is
 * kept before it is handed out.
 */
export async function createKubeconfig(
  deps: ReachDeps & { newId: () => string },
  wish: {
    project: string
    id: string
    minutes: number
    person: Person | undefined
    signal: AbortSignal
  },
): Promise<{ kubeconfig: string; expiresAt: Date }> {
  const { project, id, minutes, signal } = wish
  const { user, name: userName, role } = thePerson(wish.person)
  const inside = inCluster({ name: userName, role })
  const { cluster, sealed, address } = await reach(deps.db, project, id)
  const lasting = Math.min(Math.max(minutes || MOST_MINUTES, LEAST_MINUTES), MOST_MINUTES)
  const made = await atApiServer({ ...deps, cluster, sealed, address, signal }, (kube) =>
    kube.createUserKubeconfig({
      cluster: cluster.name,
      name: inside.user,
      group: inside.group,
      seconds: lasting * 60,
      signal,
    }),
  )
  const times = { createdAt: deps.now(), expiresAt: made.expiresAt }
  await keepKubeconfig(deps.db, { id: deps.newId(), cluster: id, user, userName, role, ...times })
  return made
}

/** One page of whose kubeconfigs are good still, the newest first. */
export async function listKubeconfigs(
  { db, now }: Pick<ReachDeps, 'db' | 'now'>,
  request: Record<'project' | 'id' | 'pageToken', string> & { pageSize: number },
): Promise<{ rows: GivenKubeconfig[]; nextPageToken: string }> {
  const page = readPage(request, 'time')
  const { id: cluster } = await readCluster(db, request.project, request.id)
  const asked = { before: page.after, limit: page.size + 1 }
  return pageOf(await listKubeconfigRows(db, { cluster, now: now() }, asked), page, 'time', ({ id }) => id)
}
