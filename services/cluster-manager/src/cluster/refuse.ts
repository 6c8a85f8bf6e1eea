import { invalid, precondition } from '@slipway/errors'
import type { Cluster } from './cluster.ts'
import type { NodeSpec } from './spec.ts'

/** Only a running cluster has an API server that its nodes can be changed at. */
export function refuseUnlessRunning({ name, state }: Cluster): void {
  if (state === 'running') return
  const hint =
    state === 'failed' || state === 'creating'
      ? 'Resume the operation that makes it, or delete it.'
      : 'Take another cluster.'
  throw precondition([{ field: `cluster ${name}`, message: `is ${state}, not running`, hint }])
}

/** The nodes of these names; what is no node of the cluster, or stands there twice, is refused together. */
export function namedNodes({ spec }: Cluster, names: readonly string[]): NodeSpec[] {
  const problems = names.flatMap((name, index) => {
    const field = `names[${index}]`
    if (names.indexOf(name) < index)
      return [{ field, message: `${name} stands there twice`, hint: 'Name it once.' }]
    if (spec.nodes.some((node) => node.name === name)) return []
    const hint = 'Take the name of a node that Slipway put into this cluster.'
    return [{ field, message: `this cluster has no node ${JSON.stringify(name)}`, hint }]
  })
  if (problems.length > 0) throw invalid(problems)
  return spec.nodes.filter(({ name }) => names.includes(name))
}
