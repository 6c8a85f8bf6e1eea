import {
  blocksIn,
  type Cidr,
  overlaps,
  rangeAround,
  readCidr,
  readDestination,
  sizeOf,
  toAddress,
} from '../cidr.ts'
import type { Observed } from '../observed.ts'
import type { ClusterSpec } from '../spec.ts'
import type { Finding } from '../validate.ts'

/** kubeadm wants ten addresses for services, and kube-apiserver takes 2^20 at most. */
const SERVICE_PREFIX = { min: 12, max: 28 }
/** kubeadm: a node's mask is at most 16 bits longer than the pod range's. */
const MASK_BITS = 16
/** Of a node's share the first, the last and the bridge's address are no pod's. */
const NOT_PODS = 3

const podField = 'spec.network.podCidr'

/** Ranges that no pod or service can have, each with what it is. */
const reserved = [
  ['0.0.0.0/8', '"this network"'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved'],
] as const

/** The ranges of pods and services: readable, of a size that works, and apart from each other and from every host. */
export function* checkNetwork(
  { network, nodes, kubelet }: ClusterSpec,
  observed: Pick<Observed, 'hosts'>,
): Generator<Finding> {
  const serviceField = 'spec.network.serviceCidr'
  const pods = readCidr(network.podCidr)
  const services = readCidr(network.serviceCidr)
  if (!pods) yield unreadable(podField, network.podCidr)
  if (!services) yield unreadable(serviceField, network.serviceCidr)
  if (pods && services && overlaps(pods, services)) {
    const message = `${services.text} overlaps the pod range ${pods.text}`
    yield { ...invalid(serviceField, message, 'Take two ranges apart.'), restsOn: [podField] }
  }
  if (services) yield* checkServiceSize(services, serviceField)
  if (pods)
    yield* checkNodeShares(pods, {
      nodeMask: network.nodeMask,
      count: nodes.length,
      maxPods: kubelet.maxPods,
    })
  for (const [field, range] of [
    [podField, pods],
    [serviceField, services],
  ] as const) {
    if (!range) continue
    yield* checkReserved(field, range)
    yield* checkHostsApart(field, range, observed)
  }
}

function* checkServiceSize({ text, prefix }: Cidr, field: string): Generator<Finding> {
  if (prefix > SERVICE_PREFIX.max) {
    const message = `${text} is too small: services need at least ${2 ** (32 - SERVICE_PREFIX.max)} addresses`
    yield invalid(field, message, `Take a range of /${SERVICE_PREFIX.max} or larger; /16 is usual.`)
  }
  if (prefix < SERVICE_PREFIX.min) {
    const message = `${text} is too large: Kubernetes takes no service range larger than /${SERVICE_PREFIX.min}`
    yield invalid(field, message, 'Take a smaller one; /16 is usual.')
  }
}

function* checkNodeShares(
  pods: Cidr,
  { nodeMask, count, maxPods }: { nodeMask: number; count: number; maxPods: number },
): Generator<Finding> {
  const field = 'spec.network.nodeMask'
  if (nodeMask < pods.prefix || nodeMask - pods.prefix > MASK_BITS || nodeMask > 30) {
    const longest = Math.min(pods.prefix + MASK_BITS, 30)
    const message = `/${nodeMask} does not part ${pods.text}`
    const hint = `Take a mask from ${pods.prefix} to ${longest}.`
    yield { ...invalid(field, message, hint), restsOn: [podField] }
    return
  }
  const shares = blocksIn(pods, nodeMask)
  if (shares < count) {
    const message = `${pods.text} has ${shares} shares of /${nodeMask}, for ${count} nodes`
    const hint = 'Take a larger pod range or a longer node mask.'
    yield { ...invalid(podField, message, hint), restsOn: [field, 'spec.nodes'] }
  }
  const room = 2 ** (32 - nodeMask) - NOT_PODS
  if (room < maxPods) {
    const message = `a node's /${nodeMask} has room for ${room} pods, fewer than maxPods ${maxPods}`
    const hint = 'Take a shorter node mask, or a smaller spec.kubelet.maxPods.'
    yield { ...invalid(field, message, hint), restsOn: ['spec.kubelet.maxPods'] }
  }
}

function* checkReserved(field: string, range: Cidr): Generator<Finding> {
  for (const [text, what] of reserved) {
    const block = readCidr(text)
    if (!block || !overlaps(range, block)) continue
    yield invalid(
      field,
      `${range.text} lies in ${text}, which is ${what}`,
      'Take a private range: 10.244.0.0/16.',
    )
  }
}

/** Leftovers of another cluster's network count too: they would swallow the packets all the same. */
function* checkHostsApart(
  field: string,
  range: Cidr,
  { hosts }: Pick<Observed, 'hosts'>,
): Generator<Finding> {
  for (const { name, address, facts } of hosts.values()) {
    const at = readDestination(address)
    const addresses = facts?.interfaces.flatMap((card) => card.addresses) ?? []
    const own = [address, ...addresses].map(bare).find((one) => {
      const place = readDestination(one)
      return place && overlaps(range, place)
    })
    if (own) {
      const message = `${range.text} holds the address ${own} of host ${name}`
      yield invalid(field, message, 'Take a range that none of the hosts is in.')
      continue
    }
    const route = facts?.routes.find(({ destination }) => {
      const place = readDestination(destination)
      return place && overlaps(range, place)
    })
    if (!route || !at) continue
    const message = `${range.text} overlaps the route to ${route.destination} on host ${name} (${route.interface})`
    yield invalid(
      field,
      message,
      'Take a range that no host routes elsewhere, or clean the host if the route is a leftover.',
    )
  }
}

/** An interface's address without its prefix. */
function bare(address: string): string {
  return address.split('/')[0] ?? ''
}

function unreadable(field: string, text: string): Finding {
  const [address = '', prefix = ''] = text.split('/')
  const readable =
    readDestination(address) && /^\d{1,2}$/.test(prefix) && Number(prefix) <= 32 && Number(prefix) > 0
  if (!readable) {
    return invalid(field, `${JSON.stringify(text)} is no IPv4 range`, 'Write it like 10.244.0.0/16.')
  }
  const meant = rangeAround(address, Number(prefix))
  return invalid(
    field,
    `${text} has bits beyond its prefix`,
    `Write ${toAddress(meant.first)}/${prefix} (${sizeOf(meant)} addresses) if that was meant.`,
  )
}

function invalid(field: string, message: string, hint: string): Finding {
  return { code: 'Invalid', field, message, hint }
}
