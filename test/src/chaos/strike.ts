import { run } from '@slipway/process'
import { type ProcessName, processNames } from '../separate-services.ts'
import type { Draw } from './draw.ts'
import { descendants } from './machine-process.ts'
import type { Site } from './site.ts'

/** A fault that has struck: when, and when everything is there again. */
export type Struck = { at: number; whole: Promise<void> }

/**
 * Lets a drawn fault happen now. What was killed is started again after a while, as a supervisor does; a network comes
 * back. Answers nothing when there is nobody to kill: no playbook runs.
 */
export async function strike(
  site: Site,
  { target, which, downMs }: Draw,
  { cutMs, on }: { cutMs: number; on: readonly string[] },
): Promise<Struck | undefined> {
  const { services } = site
  if (target === 'host-network') return cutNetwork(`${site.ground.lab.name}--${on[which % on.length]}`, cutMs)
  if (target === 'ansible-playbook') return killPlaybook(services.pid('ansible-runner'))
  const at = Date.now()
  const names = processesOf(target, which)
  await Promise.all(names.map(services.kill))
  const again = async () => {
    await new Promise((resolve) => setTimeout(resolve, downMs))
    await Promise.all(names.map(services.start))
  }
  return { at, whole: again() }
}

function processesOf(target: Draw['target'], which: number): ProcessName[] {
  if (target === 'everything') return [...processNames]
  if (target === 'cluster-manager') return [which === 0 ? 'cluster-manager-1' : 'cluster-manager-2']
  return [target as ProcessName]
}

/** The first of a run's processes: its workers are its children. */
async function killPlaybook(runner: number): Promise<Struck | undefined> {
  const playbooks = (await descendants([runner])).filter(({ argv }) =>
    argv.some((word) => word.endsWith('/ansible-playbook')),
  )
  const first = playbooks.toSorted((a, b) => a.started - b.started)[0]
  if (!first) return undefined
  process.kill(first.pid, 'SIGKILL')
  return { at: Date.now(), whole: Promise.resolve() }
}

/** Takes a lab host's cable out: nobody reaches it, and it reaches nobody. */
async function cutNetwork(machine: string, cutMs: number): Promise<Struck> {
  const at = Date.now()
  const cable = (state: 'up' | 'down') => run(['ip', 'link', 'set', `vb-${machine}`, state])
  await cable('down')
  const back = async () => {
    await new Promise((resolve) => setTimeout(resolve, cutMs))
    await cable('up')
  }
  return { at, whole: back() }
}
