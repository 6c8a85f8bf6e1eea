import type { Reader } from './reader.ts'

/** A kind of object that an API server serves. */
export type Kind = {
  apiVersion: string
  name: string
  resource: string
  namespaced: boolean
  verbs: string[]
  shortNames: string[]
}

type Discovered = {
  items?: {
    metadata?: { name?: string }
    versions?: {
      version: string
      resources?: {
        resource: string
        scope: string
        responseKind?: { kind: string }
        verbs?: string[]
        shortNames?: string[]
      }[]
    }[]
  }[]
}

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** Every kind that can be listed, each once, in the version that the API server prefers (aggregated discovery, Kubernetes 1.30). */
export async function listKinds(reader: Reader): Promise<Kind[]> {
  const found = await Promise.all(
    ['/api', '/apis'].map((path) => reader.json('reading the kinds', { path, accept: AGGREGATED })),
  )
  return (found as Discovered[]).flatMap(({ items = [] }) => items.flatMap(kindsOf))
}

function kindsOf({ metadata, versions = [] }: NonNullable<Discovered['items']>[number]): Kind[] {
  const group = metadata?.name ?? ''
  const kinds = new Map<string, Kind>()
  for (const { version, resources = [] } of versions) {
    for (const { resource, scope, responseKind, verbs = [], shortNames = [] } of resources) {
      if (kinds.has(resource) || !verbs.includes('list')) continue
      kinds.set(resource, {
        ...{ apiVersion: group ? `${group}/${version}` : version, name: responseKind?.kind ?? resource },
        ...{ resource, namespaced: scope === 'Namespaced', verbs, shortNames },
      })
    }
  }
  return [...kinds.values()]
}
