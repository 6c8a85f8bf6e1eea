import type { AskedRun } from '@slipway/testing'
import { playByHand, type TaskResult } from './by-hand.ts'
import type { World } from './world.ts'

/** The playbooks of a create that change hosts. */
export const rolePlaybooks = ['prepare.yml', 'control-plane.yml', 'worker.yml'] as const

/** A task that changed a host, or would: the files, or in other words what. */
export type Change = { host: string; task: string; paths: string[]; changes: string[] }

/**
 * Plays the roles once more past Slipway, with the variables that it played them with, and answers what they changed, or
 * in check mode would. `attempt` is any number that was not used before.
 */
export async function playRoles(
  world: Pick<World, 'dir' | 'hosts'>,
  asked: ReadonlyMap<string, AskedRun>,
  { attempt, check }: { attempt: number; check: boolean },
): Promise<Change[]> {
  const play = (playbook: (typeof rolePlaybooks)[number]) => {
    const run = asked.get(playbook)
    if (!run) throw new TypeError(`nobody asked for ${playbook}`)
    const variables = { ...run.variables, slipway_operation: `again/${playbook}/${attempt}` }
    return playByHand(world, { playbook, hosts: run.hosts, variables, check })
  }
  const prepared = play('prepare.yml')
  // What only looks needs no order.
  if (!check) await prepared
  const results = await Promise.all([prepared, play('control-plane.yml'), play('worker.yml')])
  return results.flat().flatMap(changeOf)
}

/** Files that were changed on a host, in alphabetical order. */
export function changedPaths(changes: readonly Change[], host: string): string[] {
  return changes.flatMap((change) => (change.host === host ? change.paths : [])).sort()
}

/** What else was changed there: units that were restarted, or the name of a task. */
export function otherChanges(changes: readonly Change[], host: string): string[] {
  return changes
    .filter((change) => change.host === host && change.paths.length === 0)
    .flatMap((change) => (change.changes.length > 0 ? change.changes : [change.task]))
}

function changeOf({ host, task, changed, result }: TaskResult): Change[] {
  const { paths = [], changes = [] } = result as { paths?: string[]; changes?: string[] }
  return changed ? [{ host, task, paths, changes }] : []
}
