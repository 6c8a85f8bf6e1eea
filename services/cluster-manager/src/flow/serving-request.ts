import type { ServingRequest } from '@slipway/kube'
import type { Place } from './blueprint.ts'

/**
 * Whether a serving certificate may be signed: asked for by a node of this cluster, for its own name and address and
 * nothing else. A kubelet may claim any name, and whoever bears a node's name gets its logs and terminals.
 */
export function isOurs(
  { requester, names, addresses }: ServingRequest,
  places: readonly { node: Pick<Place['node'], 'name'>; host: Pick<Place['host'], 'address'> }[],
): boolean {
  const place = places.find(({ node }) => requester === `system:node:${node.name}`)
  if (!place || names.length + addresses.length === 0) return false
  return (
    names.every((name) => name === place.node.name) &&
    addresses.every((address) => address === place.host.address)
  )
}
