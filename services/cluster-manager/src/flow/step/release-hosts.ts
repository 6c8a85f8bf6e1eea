import { keepClusterSecrets } from '../../cluster/secrets.ts'
import type { StepContext } from '../../operation/step-context.ts'
import { readBlueprint } from '../blueprint.ts'
import type { Site } from '../site.ts'

/** Takes the cluster's keys away. Its hosts become free with the operation's end, in the same transaction. */
export async function releaseHosts(ctx: StepContext, site: Site): Promise<void> {
  const { cluster, places } = await readBlueprint(site, ctx.operation)
  await site.repo.revokePullToken({ project: cluster.project, holder: cluster.id })
  await keepClusterSecrets(site.db, cluster.id, { pullToken: '', adminConfig: '', adminConfigObject: '' })
  if (ctx.operation.wishes.forget) {
    ctx.leaveBehind(places.map(({ host }) => `${host.name}: left as it was, because it was to be forgotten`))
  }
}
