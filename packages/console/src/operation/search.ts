/** How the steps of an operation are drawn. */
export const views = ['timeline', 'graph', 'hosts'] as const
export type View = (typeof views)[number]

/** What of an operation is looked at, as the address keeps it. */
export type OperationSearch = {
  view?: View
  /** Name of the step whose output is shown; where the operation is now, without one. */
  step?: string
  /** Its last one, without. */
  attempt?: number
  host?: string
  /** A part of a line. */
  find?: string
  /** The number of the chosen line. */
  line?: number
  /** The end of the output stays in view unless this is false. */
  follow?: false
}

/** Reads an address; what makes no sense is left out. */
export function readOperationSearch(search: Record<string, unknown>): OperationSearch {
  const text = (name: 'step' | 'host' | 'find') => {
    const value = search[name]
    // The router reads ?find=404 as a number.
    if (typeof value !== 'string' && typeof value !== 'number') return {}
    return value === '' ? {} : { [name]: String(value) }
  }
  const count = (name: 'attempt' | 'line') =>
    Number.isSafeInteger(search[name]) && Number(search[name]) > 0 ? { [name]: Number(search[name]) } : {}
  const view = views.find((one) => one === search.view)
  return {
    ...(view && view !== 'timeline' ? { view } : {}),
    ...{ ...text('step'), ...count('attempt'), ...text('host'), ...text('find'), ...count('line') },
    ...(search.follow === false ? { follow: false as const } : {}),
  }
}
