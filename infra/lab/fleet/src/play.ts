import { basename } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Deed, deeds } from './deed.ts'
import { hostKeyOf } from './machine.ts'
import type { Order, Target } from './order.ts'
import { readPlaybook } from './playbook.ts'
import type { World } from './world.ts'

/** What the double hears: an event for the runner, host keys that ssh saw, the code to exit with. */
export type Said = { event: Record<string, unknown> } | { shown: Record<string, string> } | { exit: number }

/** What came of a task on a host. */
export type Outcome = { changed?: boolean; result?: unknown; export?: Record<string, string> }

/** Hosts that Ansible works on at once. */
const FORKS = 50

/** Plays a playbook on simulated hosts, in the words of the real one. */
export async function playOrder(
  world: World,
  order: Order,
  { signal, say }: { signal: AbortSignal; say: (said: Said) => Promise<void> },
): Promise<void> {
  const { play, tasks } = await readPlaybook(order.playbook)
  const deed: Deed = deeds[basename(order.playbook, '.yml')] ?? { seconds: 1, at: '', work: async () => ({}) }
  const waves = Math.ceil(order.hosts.length / FORKS)
  const seconds = (deed.seconds * world.pace * waves) / Math.max(1, tasks.length)
  const changed = new Map<string, number>()
  await say({ event: { type: 'play', name: play } })
  await say({ shown: Object.fromEntries(order.hosts.map((host) => [host.alias, hostKeyOf(host)])) })
  for (const task of tasks) {
    await say({ event: { type: 'task', name: task, at: Date.now() } })
    if (seconds > 0) await pause(seconds * 1000, undefined, { signal })
    const isDeed = task === deed.at
    await Promise.all(
      order.hosts.map(async (host) => {
        const outcome = isDeed ? await deed.work(world, order, host) : { changed: deed.changes }
        if (outcome.changed) changed.set(host.name, (changed.get(host.name) ?? 0) + 1)
        await say({ event: hostEvent(host, task, seconds, outcome) })
      }),
    )
  }
  const counts = order.hosts.map(({ name }) => {
    const changes = changed.get(name) ?? 0
    return [name, { ok: tasks.length, changed: changes, failures: 0, unreachable: 0, rescued: 0 }]
  })
  await say({ event: { type: 'stats', hosts: Object.fromEntries(counts) } })
  await say({ exit: 0 })
}

function hostEvent({ name }: Target, task: string, seconds: number, outcome: Outcome) {
  const { changed = false, result, export: handed } = outcome
  return {
    ...{ type: 'host', host: name, task, state: changed ? 'changed' : 'ok', seconds, lines: [] },
    ...(result === undefined ? {} : { result }),
    ...(handed === undefined ? {} : { export: handed }),
  }
}
