import { run } from '@slipway/process'
import type { Draw } from './draw.ts'
import type { MachineProcess } from './machine-process.ts'
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
  const cut = cutHost({ target, which }, on)
  if (cut) return cutNetwork(`${site.ground.lab.name}--${cut}`, cutMs)
  if (target === 'ansible-playbook') return killPlaybook(await services.runs())
  const at = Date.now()
  const names = processesOf(site, target, which)
  await Promise.all(names.map(services.kill))
  const again = async () => {
    await new Promise((resolve) => setTimeout(resolve, downMs))
    await Promise.all(names.map(services.start))
  }
  return { at, whole: again() }
}

/** The host whose network a fault cuts. */
function cutHost(
  { target, which }: Pick<Draw, 'target' | 'which'>,
  on: readonly string[],
): string | undefined {
  return target === 'host-network' ? on[which % on.length] : undefined
}

function processesOf({ services }: Site, target: Draw['target'], which: number): readonly string[] {
  if (target === 'everything') return services.names
  if (target === 'cluster-manager') return [which === 0 ? 'cluster-manager-1' : 'cluster-manager-2']
  return [target]
}

/** The first of a run's processes: its workers are its children. */
function killPlaybook(runs: readonly MachineProcess[]): Struck | undefined {
  const playbooks = runs.filter(({ argv }) => argv.some((word) => word.endsWith('/ansible-playbook')))
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
