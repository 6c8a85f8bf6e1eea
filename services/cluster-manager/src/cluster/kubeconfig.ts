import { denied } from '@slipway/errors'
import { atApiServer } from './api-server.ts'
import { type ReachDeps, reach } from './nodes.ts'

/** The group inside clusters of a role held in the project; infra/kubernetes/people.yaml gives them their rights. */
const groups = {
  administrator: 'slipway:administrators',
  operator: 'slipway:operators',
  viewer: 'slipway:viewers',
} as const

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
    person: { name: string; role: keyof typeof groups } | undefined
    signal: AbortSignal
  },
): Promise<{ kubeconfig: string; expiresAt: Date }> {
  const { project, id, minutes, person, signal } = wish
  if (!person) throw denied('A kubeconfig is a person’s own.', 'Ask for it signed in.')
  const { cluster, sealed, address } = await reach(deps.db, project, id)
  const lasting = Math.min(Math.max(minutes || MOST_MINUTES, LEAST_MINUTES), MOST_MINUTES)
  return atApiServer({ ...deps, cluster, sealed, address, signal }, (kube) =>
    kube.createUserKubeconfig({
      cluster: cluster.name,
      name: `slipway:${person.name}`,
      group: groups[person.role],
      seconds: lasting * 60,
      signal,
    }),
  )
}
