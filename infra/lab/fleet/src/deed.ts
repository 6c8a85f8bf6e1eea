import { clockOf, factsOf } from './machine.ts'
import type { Order, Target } from './order.ts'
import { valueAt } from './order.ts'
import type { Outcome } from './play.ts'
import type { World } from './world.ts'

/** What a playbook does to a simulated host. */
export type Deed = {
  /** As long as it takes on real hosts of the lab. */
  seconds: number
  /** The task that it is done at; the others only tell. */
  at: string
  /** Whether the others tell of a change. */
  changes?: boolean
  work: (world: World, order: Order, host: Target) => Promise<Outcome>
}

/** By the name of the playbook. */
export const deeds: Readonly<Record<string, Deed>> = {
  facts: {
    seconds: 1.5,
    at: 'Read facts as root',
    work: async (_world, _order, host) => ({ result: factsOf(host) }),
  },
  preflight: {
    seconds: 2.5,
    at: 'Look for everything that speaks against these hosts',
    work: async (_world, _order, host) => ({ result: { findings: [], facts: clockOf(host) } }),
  },
  prepare: { seconds: 14, at: '', changes: true, work: async () => ({}) },
  'control-plane': {
    seconds: 12,
    at: "Hand the administrator's kubeconfig to the vault",
    work: async (world, order, host) => {
      const { superAdmin } = await world.raise(clusterOf(order), host, nodeOf(order, host))
      const text = Buffer.from(superAdmin).toString('base64')
      return { changed: true, export: { 'super-admin.conf': text } }
    },
  },
  worker: {
    seconds: 5,
    at: 'Join as a node',
    work: async (world, order, host) => {
      await world.join(clusterOf(order), nodeOf(order, host))
      return { changed: true }
    },
  },
  reset: {
    seconds: 5,
    at: 'Bring the host back to what it was',
    work: async (world, order, host) => {
      await world.reset(clusterOf(order), { ...host, name: nodeName(host) })
      return { changed: true }
    },
  },
}

function clusterOf({ variables }: Order) {
  return {
    id: String(valueAt(variables, 'slipway_cluster.id')),
    endpoint: String(valueAt(variables, 'slipway_cluster.endpoint')),
    port: Number(valueAt(variables, 'slipway_cluster.api_port')),
  }
}

function nodeOf({ variables }: Order, host: Target) {
  const own = host.variables
  const { cpus, memory_mib: memoryMib } = factsOf(host)
  return {
    name: nodeName(host),
    address: host.address,
    version: String(valueAt(variables, 'slipway_cluster.kubernetes_version')),
    ...{ cpus: Number(cpus), memoryMib: Number(memoryMib) },
    controlPlane: valueAt(own, 'slipway_node.role') === 'control-plane',
    labels: (valueAt(own, 'slipway_node.labels') ?? {}) as Record<string, string>,
    taints: (valueAt(own, 'slipway_node.taints') ?? []) as { key: string; value?: string; effect: string }[],
  }
}

function nodeName({ name, variables }: Target): string {
  return String(valueAt(variables, 'slipway_node.name') ?? name)
}
