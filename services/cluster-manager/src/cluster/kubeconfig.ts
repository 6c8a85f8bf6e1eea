import { denied } from '@slipway/errors'
import { pageOf, readPage } from '../page.ts'
import { atApiServer } from './api-server.ts'
import { type GivenKubeconfig, keepKubeconfig, listKubeconfigRows } from './kubeconfig-store.ts'
import { type ReachDeps, reach } from './nodes.ts'
import { readCluster } from './read.ts'

/** The group inside clusters of a role held in the project; infra/kubernetes/people.yaml gives them their rights. */
const groups = {
  administrator: 'slipway:administrators',
  operator: 'slipway:operators',
  viewer: 'slipway:viewers',
} as const

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
    person: { user: string; name: string; role: keyof typeof groups } | undefined
    signal: AbortSignal
  },
): Promise<{ kubeconfig: string; expiresAt: Date }> {
  const { project, id, minutes, person, signal } = wish
  if (!person) throw denied('A kubeconfig is a person’s own.', 'Ask for it signed in.')
  const { cluster, sealed, address } = await reach(deps.db, project, id)
  const lasting = Math.min(Math.max(minutes || MOST_MINUTES, LEAST_MINUTES), MOST_MINUTES)
  const made = await atApiServer({ ...deps, cluster, sealed, address, signal }, (kube) =>
    kube.createUserKubeconfig({
      cluster: cluster.name,
      name: `slipway:${person.name}`,
      group: groups[person.role],
      seconds: lasting * 60,
      signal,
    }),
  )
  const { user, name: userName, role } = person
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
