import { stringify } from 'yaml'
import { type Place, pathOf } from './place.ts'
import type { Reader } from './reader.ts'

type Served = {
  kind?: string
  metadata?: { managedFields?: unknown; annotations?: Record<string, string> }
  spec?: Partial<Record<'initContainers' | 'containers' | 'ephemeralContainers', { name: string }[]>>
  data?: Record<string, string>
} & Record<string, unknown>

/** kubectl keeps the whole object in it, values of Secrets too. */
const APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * An object as YAML, without the bookkeeping of who set which field. Values of a Secret stay where they are: what is shown is
 * how long they are. Of a pod also the names of its containers, those that print first.
 */
export async function readObject(
  reader: Reader,
  place: Place & { name: string },
): Promise<{ yaml: string; containers: string[] }> {
  const what = `reading ${place.resource} ${place.name}`
  const object = (await reader.json(what, { path: pathOf(place) })) as Served
  const { containers = [], initContainers = [], ephemeralContainers = [] } = object.spec ?? {}
  const names = [...containers, ...initContainers, ...ephemeralContainers].map(({ name }) => name)
  return { yaml: stringify(shown(object)), containers: object.kind === 'Pod' ? names : [] }
}

function shown(object: Served): Served {
  const { managedFields: _, annotations = {}, ...metadata } = object.metadata ?? {}
  const isSecret = object.kind === 'Secret'
  const { [APPLIED]: applied, ...others } = annotations
  const told = isSecret || applied === undefined ? others : annotations
  return {
    ...object,
    metadata: { ...metadata, ...(Object.keys(told).length > 0 ? { annotations: told } : {}) },
    ...(isSecret && object.data ? { data: sizesOf(object.data) } : {}),
  }
}

function sizesOf(data: Record<string, string>): Record<string, string> {
  const size = (value: string) => `(${Buffer.from(value, 'base64').length} bytes)`
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, size(value)]))
}
