import { isSlipwayError } from '@slipway/errors'
import { type Kube, type NodeStatus, until } from '@slipway/kube'
import { atApiServer } from '../../cluster/api-server.ts'
import { noteNode } from '../../cluster/move-node.ts'
import { StepFailed } from '../../operation/failure.ts'
import { isCancelled, isHandedOver, type StepContext } from '../../operation/step-context.ts'
import { type Place, readBlueprint } from '../blueprint.ts'
import { isOurs } from '../serving-request.ts'
import type { Site } from '../site.ts'

/** What must be available before a cluster is called running. */
const DEPLOYMENTS = ['coredns', 'metrics-server']
/** An API server that restarts is back within it. */
const SILENCE_MS = 60_000

/**
 * Waits until every node is Ready and every deployment available, as the API server says. Meanwhile signs the
 * kubelets' serving certificates: without them logs, exec and metrics-server would not work.
 */
export async function awaitReady(ctx: StepContext, site: Site): Promise<void> {
  const { cluster, sealed, controlPlane, places } = await readBlueprint(site, ctx.operation)
  const at = { ...site, cluster, sealed, address: controlPlane.host.address, signal: ctx.signal }
  const noted = new Set<string>()
  let missing: string[] = []
  let silentSince: number | undefined
  await atApiServer(at, (kube) =>
    until(async () => {
      try {
        missing = await look(kube, { ctx, site, places, noted })
        silentSince = undefined
        return missing.length === 0 ? true : undefined
      } catch (error) {
        const now = site.now().getTime()
        silentSince ??= now
        if (!isSlipwayError(error) || !error.retryable || now - silentSince > SILENCE_MS) throw error
        return undefined
      }
    }, ctx),
  ).catch((error) => {
    if (!ctx.signal.aborted || isCancelled(ctx.signal) || isHandedOver(ctx.signal)) throw error
    throw new StepFailed(notReady(missing))
  })
}

/** One look at the cluster: signs what is asked for, notes the nodes that came, answers what is not there yet. */
async function look(
  kube: Kube,
  {
    ctx,
    site,
    places,
    noted,
  }: { ctx: StepContext; site: Site; places: readonly Place[]; noted: Set<string> },
): Promise<string[]> {
  const [requests, statuses, deployments] = await Promise.all([
    kube.servingRequests(),
    kube.nodes(),
    Promise.all(DEPLOYMENTS.map((name) => kube.deployment('kube-system', name))),
  ])
  for (const request of requests.filter(({ settled }) => !settled)) {
    if (isOurs(request, places))
      await kube.approve(request.name, 'a node of this cluster, under its own name')
    else ctx.log.warn({ request }, 'a serving certificate was asked for under a name that is not its own')
  }
  for (const place of places) {
    const status = statuses.find(({ name }) => name === place.node.name)
    if (status) await note(kube, { site, place, status, noted })
  }
  return [
    ...places.flatMap(({ node }) => nodeProblem(node.name, statuses)),
    ...deployments.flatMap(({ wished, available, said }, index) =>
      available >= wished ? [] : [`${DEPLOYMENTS[index]}: ${available} of ${wished} available; ${said}`],
    ),
  ]
}

/** A kubelet may not give itself labels of Kubernetes' own domains: those wished for are put on here. */
async function note(
  kube: Kube,
  { site, place, status, noted }: { site: Site; place: Place; status: NodeStatus; noted: Set<string> },
): Promise<void> {
  const { row, node } = place
  const labels = Object.entries(node.labels).filter(([key]) => /(^|\.)(kubernetes|k8s)\.io\//.test(key))
  if (labels.length > 0 && !noted.has(`labels ${row.id}`)) {
    await kube.setLabels(node.name, { set: Object.fromEntries(labels), remove: [] })
    noted.add(`labels ${row.id}`)
  }
  if (status.ready && !noted.has(`ready ${row.id}`)) {
    await noteNode(site, row, { fact: 'ready', status })
    noted.add(`ready ${row.id}`)
  }
}

function nodeProblem(name: string, statuses: readonly NodeStatus[]): string[] {
  const status = statuses.find((one) => one.name === name)
  if (!status) return [`node ${name} has not joined`]
  if (status.ready) return []
  const ready = status.conditions.find(({ type }) => type === 'Ready')
  return [`node ${name} is not Ready: ${ready?.message ?? 'its kubelet has not said anything'}`]
}

function notReady(missing: readonly string[]) {
  return {
    code: 'Precondition',
    message: missing.join('\n') || 'The cluster did not become ready in time.',
    host: '',
    task: '',
    hint: 'Look at the node named first (journalctl -u kubelet), then resume the operation.',
    retryable: false,
  }
}
