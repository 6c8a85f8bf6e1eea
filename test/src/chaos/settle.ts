import { ClusterServiceService as Clusters } from '@slipway/contracts/cluster/v1/cluster_service'
import { asRoot } from '../on-host.ts'
import { readWatch } from '../watch-grpc.ts'
import { changes, clusterOf } from './change.ts'
import type { OperationName } from './draw.ts'
import type { Site } from './site.ts'

/** Brings about what a change needs to begin with: no cluster, one of two hosts, or one of three; pods everywhere. */
export async function settle(site: Site, name: OperationName): Promise<void> {
  const { needs } = changes[name]
  if (name === 'create-cluster') return clear(site)
  if (!needs.cluster) return
  const { id } = await clusterOf(site)
  if (id === '') await doCalmly(site, 'create-cluster')
  if (site.hosts.length > 2) {
    const third = site.hosts[2]?.name ?? ''
    const there = (await nodesOf(site)).includes(third)
    if (there !== needs.third) await doCalmly(site, needs.third ? 'add-worker' : 'remove-worker')
  }
  if (name === 'drain-node' || name === 'cordon-node') await spread(site)
}

/** Takes the site's cluster away, if it has one. */
export async function clear(site: Site): Promise<void> {
  const { id } = await clusterOf(site)
  if (id !== '') await doCalmly(site, 'delete-cluster')
}

async function nodesOf(site: Site): Promise<string[]> {
  const { nodes } = await site.door.call(Clusters.listNodes, await clusterOf(site))
  return nodes.map(({ name }) => name)
}

async function doCalmly(site: Site, name: OperationName): Promise<void> {
  const id = (await changes[name].ask(site, 0)) ?? ''
  const { last } = await readWatch(site.door, { project: site.project, id }, {})
  if (last.state !== 'succeeded') throw new Error(`${name} failed without a fault: ${last.failure?.message}`)
}

/** Pods of the image that every node has, the sandbox's own; on every node again, so that a drain has something to move. */
async function spread(site: Site): Promise<void> {
  const script = `
cache=$(mktemp -d)
trap 'rm -rf "$cache"' EXIT
kubectl="/usr/local/bin/kubectl --kubeconfig=/etc/kubernetes/admin.conf --cache-dir=$cache"
image=$(/usr/local/bin/crictl images 2>/dev/null | awk '$1 ~ /\\/pause$/ {print $1 ":" $2; exit}')
$kubectl uncordon ${site.hosts[1]?.name} >/dev/null
cat <<END | $kubectl apply -f - >/dev/null
apiVersion: apps/v1
kind: Deployment
metadata: {name: calm, namespace: default}
spec:
  replicas: 4
  selector: {matchLabels: {app: calm}}
  template:
    metadata: {labels: {app: calm}, annotations: {storm: "$(date +%s)"}}
    spec:
      terminationGracePeriodSeconds: 1
      topologySpreadConstraints:
      - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: calm}}}
      containers: [{name: calm, image: "$image"}]
END
$kubectl rollout status deployment/calm --timeout=50s >/dev/null`
  await asRoot(site.ground, site.hosts[0]?.name ?? '', script)
}
