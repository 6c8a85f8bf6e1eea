import { startControlPlane, type TestControlPlane } from '@slipway/kube/testing'
import { type Api, openApi } from './api.ts'
import { playDeployments } from './deployments.ts'
import { type Nodes, playNodes } from './nodes.ts'

/** A real API server that many simulated clusters share: each has its own name in the certificate, and its own nodes. */
export type Server = {
  port: number
  superAdmin: string
  nodes: Nodes
  /** Resolves when the certificate shows the name. */
  answerTo: (name: string) => Promise<void>
  close: () => Promise<void>
}

/** Starts one; about six seconds. */
export async function startServer(below: string): Promise<Server> {
  const plane: TestControlPlane = await startControlPlane({
    below,
    // Without it the roles view and edit are empty, and people see nothing inside.
    controllers: ['clusterrole-aggregation-controller'],
  })
  const api: Api = openApi(plane.superAdmin, plane.at)
  const nodes = playNodes(api)
  const stopDeployments = await playDeployments(api)
  return {
    port: plane.at.port,
    superAdmin: plane.superAdmin,
    nodes,
    answerTo: namesOf(plane),
    close: async () => {
      stopDeployments()
      await nodes.close()
      await api.close()
      await plane.stop()
    },
  }
}

/** Names that come while a certificate is being made go into the next one together. */
function namesOf({ answerTo }: TestControlPlane): Server['answerTo'] {
  const names = new Set<string>()
  let shown: ReadonlySet<string> = new Set()
  let making = Promise.resolve()
  return (name) => {
    names.add(name)
    making = making.then(async () => {
      if (shown.has(name)) return
      const all = [...names]
      await answerTo(all)
      shown = new Set(all)
    })
    return making
  }
}
