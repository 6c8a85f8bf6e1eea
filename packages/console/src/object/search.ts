/** What the address of a look inside keeps. */
export type ObjectsSearch = {
  /** apps/v1/deployments; pods without. */
  kind?: string
  /** All without. */
  namespace?: string
  /** A part of a name. */
  find?: string
  /** The open object: namespace/name, or /name where it has none. */
  object?: string
  /** What of it is shown; its YAML without. */
  view?: 'log' | 'events'
  container?: string
  previous?: true
}

const KIND = /^([a-z0-9.-]+\/)?v[a-z0-9]+\/[a-z0-9.-]+$/

/** Reads an address; what makes no sense is left out. */
export function objectsSearch(said: Record<string, unknown>): ObjectsSearch {
  const text = (name: 'namespace' | 'find' | 'object' | 'container') =>
    // The router reads ?find=404 as a number.
    typeof said[name] === 'string' || typeof said[name] === 'number' ? { [name]: String(said[name]) } : {}
  const { kind, view } = said
  return {
    ...(typeof kind === 'string' && KIND.test(kind) ? { kind } : {}),
    ...{ ...text('namespace'), ...text('find'), ...text('object'), ...text('container') },
    ...(view === 'log' || view === 'events' ? { view } : {}),
    ...(said.previous === true ? { previous: true as const } : {}),
  }
}
