import type { StepContext } from '../../operation/step-context.ts'
import { readBlueprint } from '../blueprint.ts'
import { play } from '../play.ts'
import { repositoryAccess } from '../repository.ts'
import type { Site } from '../site.ts'

/** Makes hosts ready to be nodes: system settings, containerd, kubelet and the images they will run. */
export async function prepareNodes(ctx: StepContext, site: Site): Promise<void> {
  const blueprint = await readBlueprint(site, ctx.operation)
  const access = await repositoryAccess(site, blueprint)
  await play(ctx, site, blueprint, { playbook: 'prepare.yml', places: blueprint.places, ...access })
}
