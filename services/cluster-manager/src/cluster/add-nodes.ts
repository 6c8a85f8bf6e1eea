import type { ResolvedRelease } from '@slipway/release'
import { addNodes as flow } from '../flow/add-nodes.ts'
import { claimHosts } from '../host/claim.ts'
import { findTwins, readHosts } from '../host/read.ts'
import { noWishes } from '../operation/operation.ts'
import type { AskDeps } from '../preflight/ask.ts'
import { findFixes } from '../preflight/fixes.ts'
import {
  type Asked,
  type Change,
  type ChangeDeps,
  changeCluster,
  observeHosts,
  type Whole,
} from './change.ts'
import { checkHosts } from './check/hosts.ts'
import { checkNetwork } from './check/network.ts'
import { checkNodes } from './check/nodes.ts'
import { checkPlatforms } from './check/version.ts'
import type { NodeRow } from './cluster.ts'
import type { Observed } from './observed.ts'
import { refuseUnlessRunning } from './refuse.ts'
import type { ClusterSpec, NodeSpec } from './spec.ts'
import { insertNodes } from './store.ts'
import { type Finding, refuse } from './validate.ts'

/** Plans workers for a running cluster, and unless it is a dry run begins to add them. */
export function addNodes(
  deps: ChangeDeps & AskDeps,
  asked: Asked & { nodes: readonly NodeSpec[]; fix: boolean },
): Promise<Change> {
  return changeCluster(deps, asked, flow, async (whole) => {
    const { cluster } = whole
    refuseUnlessRunning(cluster)
    const hosts = await observeHosts(deps, asked.project, asked.nodes)
    const added = asked.nodes.map(
      (node): NodeSpec => ({
        host: node.host,
        role: node.role,
        name: node.name || hosts.get(node.host)?.name || '',
        labels: { ...node.labels },
        taints: node.taints.map(({ key, value, effect }) => ({ key, value, effect })),
      }),
    )
    const spec = { ...cluster.spec, nodes: [...cluster.spec.nodes, ...added] }
    refuse([
      ...check(spec, added, { hosts, release: whole.release }),
      ...(await findTwinsAmong(deps, asked, added, hosts)),
    ])
    const rows = added.map(
      (node): NodeRow => ({
        ...{
          id: deps.newId(),
          cluster: cluster.id,
          project: asked.project,
          name: node.name,
          host: node.host,
        },
        ...{ role: 'worker', state: 'wished', version: 0 },
      }),
    )
    const { fixes, notes } = asked.fix ? await fixesOf(deps, whole, { spec, added, hosts }) : noFixes
    return {
      ...{ spec, nodes: added, state: 'running' as const, notes },
      wishes: {
        ...noWishes,
        nodes: added.map(({ name }) => name),
        change: { before: [], after: added },
        ...(fixes.length > 0 ? { fixes } : {}),
      },
      also: async (tx) => {
        await insertNodes(tx, rows)
        const ids = added.map(({ host }) => host)
        await claimHosts(tx, { project: asked.project, cluster: cluster.id, hosts: ids, now: deps.now() })
      },
    }
  })
}

const noFixes = { fixes: [], notes: [] }

/** With fixes the new hosts are asked now what is to be mended: a plan is a promise. */
async function fixesOf(
  deps: ChangeDeps & AskDeps,
  { cluster, release }: Whole,
  { spec, added, hosts }: { spec: ClusterSpec; added: readonly NodeSpec[]; hosts: Observed['hosts'] },
) {
  const { id, name, project } = cluster
  const first = cluster.spec.nodes.find(({ role }) => role === 'control-plane')
  const [host] = await readHosts(deps.db, project, first ? [first.host] : [])
  return findFixes(deps, {
    ...{ project, release, cluster: { id, name, spec }, nodes: added, hosts: [...hosts.values()] },
    living: first && host && { name: first.name, address: host.address },
  })
}

/** Everything that speaks against the new nodes; those that are there already were checked when they came. */
function check(
  spec: ClusterSpec,
  added: readonly NodeSpec[],
  observed: { hosts: Observed['hosts']; release: ResolvedRelease },
): Finding[] {
  const before = spec.nodes.length - added.length
  const alone = { ...spec, nodes: [...added] }
  const roles = added.flatMap(({ role }, index): Finding[] => {
    if (role === 'worker') return []
    const hint = 'Give it the role worker.'
    return [{ code: 'Invalid', field: `nodes[${index}].role`, message: 'only workers can be added', hint }]
  })
  return [
    ...roles,
    ...[...checkPlatforms(alone, observed), ...checkHosts(alone, observed)].map((one) => renamed(one, 0)),
    ...[...checkNodes(spec), ...checkNetwork(spec, observed)]
      .filter(({ field }) => field !== 'spec.nodes')
      .map((one) => renamed(one, before)),
  ]
}

/** A finding about the whole spec's node n + `before` is about the request's node n. */
function renamed(finding: Finding, before: number): Finding {
  const field = finding.field.replace(/^spec\.nodes\[(\d+)\]/, (_, at) => `nodes[${Number(at) - before}]`)
  return { ...finding, field }
}

/** Machines of the cluster that a new one would take the identity of. */
async function findTwinsAmong(
  { db }: ChangeDeps,
  { project, id }: Asked,
  added: readonly NodeSpec[],
  hosts: Observed['hosts'],
): Promise<Finding[]> {
  const twins = await findTwins(db, { project, cluster: id, hosts: [...hosts.values()] })
  return twins.map(({ host, twin, what }) => ({
    code: 'Precondition',
    field: `nodes[${added.findIndex((node) => node.host === host)}].host`,
    message: `it has the ${what} of ${twin}`,
    hint:
      what === 'machine id'
        ? 'Make a new one: rm /etc/machine-id; systemd-machine-id-setup; reboot.'
        : 'Give one another name: hostnamectl set-hostname.',
  }))
}
