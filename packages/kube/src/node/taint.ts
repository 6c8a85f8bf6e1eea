import type { V1Taint } from '@kubernetes/client-node'

/** A taint; key and effect together are its name, as for Kubernetes. */
export type Taint = { key: string; value: string; effect: string }

/** A wished change of taints. One removed without an effect goes with all its effects. */
export type TaintChange = { set: readonly Taint[]; remove: readonly { key: string; effect?: string }[] }

/** The taints after a change, in their order; undefined when it changes nothing. Those not named stay untouched. */
export function changedTaints(
  taints: readonly V1Taint[],
  { set, remove }: TaintChange,
): V1Taint[] | undefined {
  const kept = taints.filter(
    (taint) =>
      !remove.some(
        ({ key, effect }) => key === taint.key && (effect === undefined || effect === taint.effect),
      ) || set.some((wished) => same(wished, taint)),
  )
  const result = kept.map((taint) => {
    const wished = set.find((one) => same(one, taint))
    return wished && wished.value !== (taint.value ?? '') ? { ...taint, value: wished.value } : taint
  })
  const added = set.filter((wished) => !kept.some((taint) => same(wished, taint)))
  const touched = added.length > 0 || result.length < taints.length
  const changed = touched || result.some((taint, index) => taint !== taints[index])
  return changed ? [...result, ...added] : undefined
}

function same(one: { key: string; effect: string }, other: { key: string; effect: string }): boolean {
  return one.key === other.key && one.effect === other.effect
}
