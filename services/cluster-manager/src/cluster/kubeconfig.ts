import { atApiServer } from './api-server.ts'
import { type ReachDeps, reach } from './nodes.ts'
import { inCluster, type Person } from './person.ts'

/** Kubernetes signs for no less. */
const LEAST_MINUTES = 10
const MOST_MINUTES = 60

/** A kubeconfig of the asking person's own: by CSR, an hour at most, with the rights of the role. */
export async function createKubeconfig(
  deps: ReachDeps,
  wish: {
    project: string
    id: string
    minutes: number
    person: Person | undefined
    signal: AbortSignal
  },
): Promise<{ kubeconfig: string; expiresAt: Date }> {
  const { project, id, minutes, person, signal } = wish
  const { user, group } = inCluster(person)
  const { cluster, sealed, address } = await reach(deps.db, project, id)
  const lasting = Math.min(Math.max(minutes || MOST_MINUTES, LEAST_MINUTES), MOST_MINUTES)
  return atApiServer({ ...deps, cluster, sealed, address, signal }, (kube) =>
    kube.createUserKubeconfig({
      cluster: cluster.name,
      name: user,
      group,
      seconds: lasting * 60,
      signal,
    }),
  )
}
