import { createDoors } from './doors.ts'
import type { NodeWish } from './nodes.ts'
import { type Server, startServer } from './server.ts'

/** A cluster, as far as its playbooks know it. */
type Cluster = { id: string; endpoint: string; port: number }
type Node = Omit<NodeWish, 'podCidr'>

/** Where simulated hosts become simulated nodes of clusters with a real API server. */
export type World = {
  pace: number
  /** The control plane's host answers as its cluster's API server from now on. */
  raise: (cluster: Cluster, host: { address: string }, node: Node) => Promise<{ superAdmin: string }>
  join: (cluster: Cluster, node: Node) => Promise<void>
  reset: (cluster: Cluster, host: { name: string; address: string }) => Promise<void>
  close: () => Promise<void>
}

/** Seconds from joining to Ready on real hosts. */
const READY_SECONDS = 6

/** Opens a world whose clusters share some API servers, each started at its first use. */
export function openWorld({ dir, pace, servers }: { dir: string; pace: number; servers: number }): World {
  const started: Promise<Server>[] = []
  const serverOf = new Map<string, Promise<Server>>()
  const doors = createDoors()
  let nodes = 0
  let clusters = 0

  function assign({ id }: Cluster): Promise<Server> {
    const known = serverOf.get(id)
    if (known) return known
    const at = clusters++ % servers
    const server = started[at] ?? startServer(dir)
    started[at] = server
    serverOf.set(id, server)
    return server
  }

  /** Each node's pods have a range of its own, as the controller manager would give it. */
  function withPods(node: Node): NodeWish {
    const number = nodes++
    return { ...node, podCidr: `10.${128 + ((number >> 8) & 63)}.${number & 255}.0/24` }
  }

  const join = async (cluster: Cluster, node: Node) => {
    const server = await assign(cluster)
    await server.nodes.join(withPods(node), READY_SECONDS * pace * 1000)
  }

  return {
    pace,
    join,
    raise: async (cluster, { address }, node) => {
      const server = await assign(cluster)
      await Promise.all([
        server.answerTo(cluster.endpoint),
        doors.open({ address, port: cluster.port }, server.port),
        join(cluster, node),
      ])
      return server
    },
    reset: async (cluster, { name, address }) => {
      doors.shut(address)
      const server = await serverOf.get(cluster.id)
      await server?.nodes.leave(name)
    },
    close: async () => {
      doors.close()
      for (const server of await Promise.all(started)) await server.close()
    },
  }
}
