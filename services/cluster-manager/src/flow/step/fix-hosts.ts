import type { StepContext } from '../../operation/step-context.ts'
import { readBlueprint } from '../blueprint.ts'
import { play } from '../play.ts'
import type { Site } from '../site.ts'

/** Mends on each host what the plan names, and nothing else; what is mended already is left alone. */
export async function fixHosts(ctx: StepContext, site: Site): Promise<void> {
  const blueprint = await readBlueprint(site, ctx.operation)
  const { fixes = [] } = ctx.operation.wishes
  const idsOf = (node: string) => fixes.filter((fix) => fix.node === node).map(({ id }) => id)
  await play(ctx, site, blueprint, {
    playbook: 'mend.yml',
    places: blueprint.places.filter(({ node }) => idsOf(node.name).length > 0),
    own: ({ node }) => ({ slipway_fixes: idsOf(node.name) }),
  })
}
