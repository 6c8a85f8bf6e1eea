/** A step in the graph: its layer counts the longest way of needs before it, its place those beside it. */
export type Placed = { name: string; layer: number; place: number; needs: readonly string[] }

/** Puts steps into layers, so that every step stands below all that it needs. Needs that others imply are left out. */
export function layersOf(steps: readonly { name: string; needs: readonly string[] }[]): Placed[] {
  const layers = new Map<string, number>()
  const filled: number[] = []
  const before = new Map<string, Set<string>>()
  return steps.map(({ name, needs: all }) => {
    const known = all.filter((need) => layers.has(need))
    const implied = new Set(known.flatMap((need) => [...(before.get(need) ?? [])]))
    before.set(name, new Set([...known, ...implied]))
    const layer = Math.max(-1, ...known.map((need) => layers.get(need) ?? 0)) + 1
    layers.set(name, layer)
    const place = filled[layer] ?? 0
    filled[layer] = place + 1
    return { name, layer, place, needs: known.filter((need) => !implied.has(need)) }
  })
}
