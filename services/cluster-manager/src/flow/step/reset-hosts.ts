import { StepFailed } from '../../operation/failure.ts'
import type { StepContext } from '../../operation/step-context.ts'
import { readBlueprint } from '../blueprint.ts'
import { playToItsEnd } from '../play.ts'
import type { Site } from '../site.ts'
import { failureOfRun, type PlayedRun } from '../wire.ts'

/**
 * Brings hosts back to what they were before the cluster. One that can't be reached is tried again, and fails the step in
 * the end, unless it was asked that such hosts be left behind: then they are named.
 */
export async function resetHosts(ctx: StepContext, site: Site): Promise<void> {
  const blueprint = await readBlueprint(site, ctx.operation)
  const run = await playToItsEnd(ctx, site, blueprint, { playbook: 'reset.yml', places: blueprint.places })
  const silent = run.hosts.filter(({ unreachable }) => unreachable)
  const failed = run.hosts.some((host) => host.failed && !host.unreachable)
  if (run.state === 'succeeded') return
  if (silent.length === 0 || failed) throw new StepFailed(failureOfRun(run))
  if (!ctx.operation.wishes.leaveUnreachable) throw new StepFailed(unreachable(run, silent))
  ctx.leaveBehind(
    silent.map(({ name, message }) => `${name}: ${firstLine(message) || 'it could not be reached'}`),
  )
}

function unreachable(run: PlayedRun, silent: PlayedRun['hosts']) {
  const names = silent.map(({ name }) => name).join(', ')
  const hint =
    'Bring the host back and resume the operation, or delete again and let hosts that can not be reached be left behind.'
  return { ...failureOfRun(run), host: names, hint }
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.trim() ?? ''
}
