import type { Database } from '../store.ts'

/** That somebody was given a kubeconfig. */
export type GivenKubeconfig = {
  /** Made of time. */
  id: string
  cluster: string
  user: string
  userName: string
  role: string
  createdAt: Date
  expiresAt: Date
}

/** Keeps it; those of the cluster that have expired since are forgotten. */
export async function keepKubeconfig(db: Database, given: GivenKubeconfig): Promise<void> {
  const { cluster, createdAt } = given
  await db.kubeconfig.deleteMany({ where: { cluster, expiresAt: { lte: createdAt } } })
  await db.kubeconfig.createMany({ data: [given] })
}

/** Those of a cluster that are good still, the newest first, before an id. */
export function listKubeconfigRows(
  db: Database,
  { cluster, now }: { cluster: string; now: Date },
  { before, limit }: { before: string | undefined; limit: number },
): Promise<GivenKubeconfig[]> {
  return db.kubeconfig.findMany({
    where: { cluster, expiresAt: { gt: now }, ...(before === undefined ? {} : { id: { lt: before } }) },
    orderBy: { id: 'desc' },
    take: limit,
  })
}
