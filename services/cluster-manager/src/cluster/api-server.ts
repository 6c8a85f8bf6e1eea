import { precondition } from '@slipway/errors'
import { type ClusterAddress, type Kube, openKube, openReader, type Reader } from '@slipway/kube'
import { open, type ServiceKey } from '@slipway/secrets'
import { type Cluster, endpointName, type Sealed } from './cluster.ts'
import { inCluster, type Person, thePerson } from './person.ts'

/** The field that super-admin.conf is bound to, and its name among a run's exports. */
export const ADMIN_CONFIG = 'super-admin.conf'

/** Where a cluster's API server answers: at its control plane, under the name that is in its certificate. */
function addressOf(cluster: Cluster, controlPlaneAddress: string): ClusterAddress {
  return {
    address: controlPlaneAddress,
    port: cluster.spec.apiServer.port,
    serverName: endpointName(cluster),
  }
}

/** super-admin.conf, opened in memory for as long as it is used. */
async function openAdminConfig(
  key: ServiceKey,
  { project, name }: Cluster,
  { adminConfig, adminConfigObject }: Sealed,
): Promise<string> {
  if (adminConfig === '') {
    const hint = 'Wait until its control plane has started.'
    throw precondition([{ field: `cluster ${name}`, message: 'has no API server yet', hint }])
  }
  return open(key, adminConfig, { project, object: adminConfigObject, field: ADMIN_CONFIG })
}

/** Works at a cluster's API server with the vault's rights, and closes the connection afterwards. */
export async function atApiServer<T>(
  options: {
    key: ServiceKey
    cluster: Cluster
    sealed: Sealed
    address: string
    now: () => Date
    signal?: AbortSignal
  },
  work: (kube: Kube, kubeconfig: string) => Promise<T>,
): Promise<T> {
  const { key, cluster, sealed, address, now, signal } = options
  const kubeconfig = await openAdminConfig(key, cluster, sealed)
  const kube = await openKube({ kubeconfig, at: addressOf(cluster, address), now, signal })
  try {
    return await work(kube, kubeconfig)
  } finally {
    await kube.close()
  }
}

/** Opens a cluster's API server for reading with a person's own rights, until `signal` aborts. */
export async function readAs(options: {
  key: ServiceKey
  cluster: Cluster
  sealed: Sealed
  address: string
  person: Person | undefined
  signal: AbortSignal
}): Promise<Reader> {
  const { key, cluster, sealed, address, person, signal } = options
  const as = inCluster(thePerson(person))
  const kubeconfig = await openAdminConfig(key, cluster, sealed)
  return openReader({ kubeconfig, at: addressOf(cluster, address), as, signal })
}
