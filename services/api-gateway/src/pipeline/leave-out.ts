import type { Json } from './wire.ts'

/** Where a value stands in a request: names of fields and places in lists. */
export type Path = readonly string[]

/** A value that can't stay, and what stands in its place in a list, where leaving it out would move the others. */
export type Misfit = { path: Path; blank: Json[string] }

/** A request without its misfits; nothing when it is one itself. */
export function leaveOut(request: Json, misfits: readonly Misfit[]): Json | undefined {
  const rest = structuredClone(request)
  for (const { path, blank } of misfits) {
    const last = path.at(-1)
    if (last === undefined) return undefined
    const holder = path.slice(0, -1).reduce(inside, rest)
    if (Array.isArray(holder)) holder[Number(last)] = blank
    else if (typeof holder === 'object' && holder !== null) delete (holder as Json)[last]
  }
  return rest
}

/** A value of a type that says nothing. */
export function blankOf(type: unknown): Json[string] {
  if (type === 'object') return {}
  if (type === 'array') return []
  if (type === 'integer' || type === 'number') return 0
  return type === 'boolean' ? false : ''
}

/** What stands under a name, when nothing above it was left out before. */
function inside(holder: Json[string] | undefined, name: string): Json[string] | undefined {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, name)) return undefined
  return (holder as Json)[name]
}
